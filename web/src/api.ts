/** The API page: its two photos become views. */
import { CandlingViewElement, define } from "./candling-view-element.js";
import { MODEL_FILES } from "./site/models.js";

CandlingViewElement.model = MODEL_FILES;
define();
