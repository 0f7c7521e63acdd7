/** The article: its photos become figures that answer. */
import { CandlingViewElement, define } from "./candling-view-element.js";
import { connect } from "./how/figure.js";

CandlingViewElement.model = {
  full: "models/efficientnet-lite0.safetensors",
  small: "models/efficientnet-lite0-small.safetensors",
};
define();

for (const figure of document.querySelectorAll<HTMLElement>("figure:has(candling-view)")) connect(figure);
