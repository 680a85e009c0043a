// An eye beside each password shows what was typed, and hides it again when the form is sent.

function addEye(field) {
  const eye = document.getElementById("password-eye").content.firstElementChild.cloneNode(true);
  const place = document.createElement("span");
  place.className = "input-affix";
  field.replaceWith(place);
  place.append(field, eye);
  eye.addEventListener("click", () => {
    show(eye, field.type === "password");
    field.focus();
  });
}

function show(eye, visible) {
  eye.parentElement.querySelector("input").type = visible ? "text" : "password";
  eye.setAttribute("aria-pressed", String(visible));
}

document.querySelectorAll(".auth-fields input[type=password]").forEach(addEye);
document.addEventListener("submit", (event) => {
  event.target.querySelectorAll("[data-show-password]").forEach((eye) => show(eye, false));
});
