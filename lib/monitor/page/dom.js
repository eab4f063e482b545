/** What goes into the page comes from labels that anybody may have written, so it goes in as text and never as HTML. */

export const byId = (id) => document.getElementById(id);

/** Text that is there already stays, so that nothing is read aloud again and no selection is lost. */
export function say(id, text) {
  const place = byId(id);
  if (place.textContent !== text) place.textContent = text;
}

/** Shows or hides, and says. */
export function sayIf(isShown, id, text) {
  byId(id).hidden = !isShown;
  if (isShown && text !== undefined) say(id, text);
}

/** An element with a text. */
export function make(name, text, attributes = {}) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.textContent = text;
  return made;
}

/**
 * The rows of a table, each a list of `{ text, className, tone, title, isNumber }`, of which the first is the row's head. Changes only what
 * differs.
 */
export function fillTable(id, rows) {
  const body = byId(id);
  while (body.rows.length > rows.length) body.deleteRow(-1);
  for (const [index, cells] of rows.entries()) {
    const row = body.rows[index] ?? body.insertRow();
    for (const [column, cell] of cells.entries()) fillCell(row, column, cell);
  }
}

function fillCell(row, column, { text, className = "", tone = "", title = "", isNumber = false }) {
  const cell = row.cells[column] ?? addCell(row, column);
  const span = cell.firstElementChild;
  cell.className = isNumber ? "number" : "";
  if (span.textContent !== text) span.textContent = text;
  span.className = className;
  span.dataset.state = tone;
  span.title = title;
}

function addCell(row, column) {
  const cell = column === 0 ? make("th", "", { scope: "row" }) : make("td", "");
  cell.append(make("span", ""));
  row.append(cell);
  return cell;
}
