/** `<candling-view>` in JSX, for TypeScript with React 19: `import type {} from "candling/react"`. */
import type { DetailedHTMLProps, HTMLAttributes } from "react";
import type {
  Backend,
  CandlingViewElement,
  CandlingViewEventMap,
  Loading,
  Reveal,
} from "./candling-view-element.js";
import type { Method } from "./candling.js";

/** React sets them as properties; what is left out has its default. */
interface ViewAttributes {
  method?: Method | undefined;
  target?: string | number | undefined;
  compare?: string | number | undefined;
  layer?: string | undefined;
  colormap?: string | undefined;
  opacity?: number | undefined;
  model?: string | URL | undefined;
  backend?: Backend | undefined;
  loading?: Loading | undefined;
  reveal?: Reveal | undefined;
  controls?: boolean | undefined;
}

/** React listens to the event whose name follows `on`, letter by letter. */
type ViewListeners = {
  [Name in keyof CandlingViewEventMap as `on${Name}`]?:
    | ((event: CandlingViewEventMap[Name]) => void)
    | undefined;
};

declare module "react" {
  namespace JSX {
    interface IntrinsicElements {
      "candling-view": ViewAttributes &
        ViewListeners &
        DetailedHTMLProps<HTMLAttributes<CandlingViewElement>, CandlingViewElement>;
    }
  }
}
