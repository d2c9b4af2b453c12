import { html } from "lit";

/** The steps of a field's path, each with the dot behind it. */
export const steps = (path: string) => path.split(/(?<=\.)(?=.)/);

/** A field's path that a narrow screen breaks between its steps. */
export const fieldPath = (path: string) => steps(path).map((step, index) => (index ? html`<wbr />${step}` : step));
