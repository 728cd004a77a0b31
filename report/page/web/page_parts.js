// Small pieces of a page. Text from the run is only ever set as text.
function element(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [key, value] of Object.entries(properties)) {
    if (key === 'class') made.className = value;
    else if (key in made && key !== 'list') made[key] = value;
    else made.setAttribute(key, value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

function drawing(tag, attributes = {}, ...children) {
  const made = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

function tableOf(head, rows, numeric = []) {
  const cell = (tag, text, i) =>
    element(tag, { class: numeric.includes(i) ? 'number' : '', ...(tag === 'th' ? { scope: 'col' } : {}) },
      text instanceof Node ? text : String(text ?? ''));
  return element('div', { class: 'scroll', tabIndex: 0, role: 'region', 'aria-label': 'table' },
    element('table', {},
      element('thead', {}, element('tr', {}, ...head.map((text, i) => cell('th', text, i)))),
      element('tbody', {}, ...rows.map((row) =>
        element('tr', {}, ...row.map((text, i) => cell('td', text, i)))))));
}

/** A cell of CSV; what a spreadsheet would take for a formula is led by an apostrophe. */
function csvCell(value) {
  if (typeof value === 'number') return String(value);
  const text = String(value ?? '');
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\n\r]/.test(safe) ? `"${safe.replace(/"/g, '""')}"` : safe;
}

function csvOf(head, rows) {
  return [head, ...rows].map((row) => row.map(csvCell).join(',')).join('\r\n') + '\r\n';
}

function save(name, type, text) {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = element('a', { href: url, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}

function keyOf(entries) {
  return element('ul', { class: 'key' }, ...entries.map(([name, words]) =>
    element('li', {}, element('i', { class: name }), words)));
}

/** The words and figures of one dashboard: `content()` gives {head, rows, numeric}. */
class Dashboard {
  constructor(id, title, question) {
    this.id = id;
    this.body = element('div');
    this.tableBox = element('div');
    this.summary = element('p', { class: 'quiet' });
    const button = (text, run) => {
      const made = element('button', { type: 'button', onclick: run }, text);
      made.setAttribute('aria-label', `${text}: ${title}`);
      return made;
    };
    this.tableButton = button('table', () => this.toggleTable());
    this.tableButton.setAttribute('aria-expanded', 'false');
    this.node = element('section', { id, 'aria-labelledby': `${id}-title` },
      element('div', { class: 'head' },
        element('h2', { id: `${id}-title` }, title),
        element('span', { class: 'question' }, question),
        element('span', { class: 'buttons' }, this.tableButton,
          button('CSV', () => {
            const { head, rows } = this.content();
            save(`${id}.csv`, 'text/csv', csvOf(head, rows));
          }),
          button('JSON', () => save(`${id}.json`, 'application/json', this.json())))),
      this.summary, this.body, this.tableBox);
  }
  /** Rows as objects by their column's name. */
  json() {
    const { head, rows } = this.content();
    return JSON.stringify(rows.map((row) =>
      Object.fromEntries(head.map((name, i) => [name, row[i] ?? null]))));
  }
  toggleTable() {
    const open = this.tableButton.getAttribute('aria-expanded') === 'true';
    this.tableButton.setAttribute('aria-expanded', String(!open));
    this.refreshTable();
  }
  refreshTable() {
    this.tableBox.replaceChildren();
    if (this.tableButton.getAttribute('aria-expanded') !== 'true') return;
    const { head, rows, numeric } = this.content();
    this.tableBox.append(tableOf(head, rows, numeric || []));
  }
}
