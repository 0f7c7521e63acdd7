/** `<script src="candling-view.classic.js" defer>`: defines the element, for pages that cannot load modules by themselves. */
import { define } from "./candling-view-element.js";

define();
