/** What we use of Home Assistant's frontend. */

export type Unsubscribe = () => Promise<void>;

export interface Connection {
  subscribeMessage<T>(
    callback: (event: T) => void,
    message: { type: string },
    options?: { resubscribe?: boolean },
  ): Promise<Unsubscribe>;
  addEventListener(event: "ready" | "disconnected", listener: () => void): void;
  removeEventListener(event: "ready" | "disconnected", listener: () => void): void;
}

export interface Hass {
  connection: Connection;
  connected: boolean;
  user?: { is_admin: boolean; name: string };
  locale: { language: string; time_zone?: "local" | "server" };
  config: { time_zone: string };
  language: string;
  dockedSidebar?: "docked" | "always_hidden" | "auto";
  themes: { darkMode: boolean };
  callWS<T>(message: { type: string }): Promise<T>;
  loadBackendTranslation(category: string, integration: string): Promise<unknown>;
  localize(key: string, values?: Record<string, string>): string;
}

export interface Route {
  prefix: string;
  path: string;
}

/** Go to a path of Home Assistant without loading the page anew. */
export function navigate(path: string, replace = false): void {
  history[replace ? "replaceState" : "pushState"](null, "", path);
  window.dispatchEvent(new CustomEvent("location-changed", { detail: { replace } }));
}
