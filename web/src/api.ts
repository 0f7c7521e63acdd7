/** Entry point of the API page: defines the element for its two photos. */
import { CandlingViewElement, define } from "./candling-view-element.js";
import { MODEL_FILES } from "./site/models.js";

CandlingViewElement.model = MODEL_FILES;
define();
