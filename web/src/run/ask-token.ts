import { InputError } from "../../../src/core/errors.ts";
import { openDialog } from "../../../src/viewer/dialog.ts";
import { element } from "../../../src/viewer/dom.ts";

/** Asks for the server's token until `accepts` takes it. An `InputError` when the window is closed. */
export async function askToken(accepts: (token: string) => Promise<boolean>): Promise<void> {
  const input = element("input", { type: "password", autocomplete: "current-password", id: "token" });
  const problem = element("p", { className: "quiet", role: "status" });
  const form = element(
    "form",
    { className: "token-form" },
    element("label", { htmlFor: input.id }, "This server asks for its token"),
    input,
    element("button", { type: "submit", className: "plain" }, "Go on"),
    problem,
  );
  const dialog = openDialog("The server's token", form);
  input.focus();
  await new Promise<void>((resolve, reject) => {
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (await accepts(input.value)) {
        resolve();
        dialog.close();
      } else problem.textContent = "That is not its token.";
    });
    dialog.addEventListener("close", () => reject(new InputError("the server's token is needed")));
  });
}
