/** The API page: its two photos become views. */
import { CandlingViewElement, define } from "./candling-view-element.js";

CandlingViewElement.model = {
  full: "models/efficientnet-lite0.safetensors",
  small: "models/efficientnet-lite0-small.safetensors",
};
define();
