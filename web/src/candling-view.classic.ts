/**
 * `<script src="candling-view.classic.js" defer>`: defines the element, for pages that cannot load modules.
 */
import { define } from "./candling-view-element.js";

define();
