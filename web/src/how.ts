/** Entry point of the article: connects its interactive figures. */
import { CandlingViewElement, define } from "./candling-view-element.js";
import { connect } from "./how/figure.js";
import { MODEL_FILES } from "./site/models.js";

CandlingViewElement.model = MODEL_FILES;
define();

for (const figure of document.querySelectorAll<HTMLElement>("figure:has(candling-view)")) connect(figure);
