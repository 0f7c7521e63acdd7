/** `<script type="module" src="candling-view.js">`: defines the element. */
import { define } from "./candling-view-element.js";

export * from "./candling-view-element.js";

define();
