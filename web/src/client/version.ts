/** Of the package, for whoever writes down what made a map. */
export { version } from "../../package.json";
