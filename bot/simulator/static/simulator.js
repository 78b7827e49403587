"use strict";

const POLL_MS = 700;
const PIN = ["27.7172", "85.3240"];
const desk = document.getElementById("desk");
const template = document.getElementById("phone-template");
const phones = new Set();
let cast = [];

const json = async (url, body) => {
  const answer = await fetch(url, body === undefined ? {} : {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${answer.status}`);
  return answer.status === 204 ? null : answer.json();
};

const element = (tag, className, text) => {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
};

/* WhatsApp's own marks: *bold*, _italic_, ~struck~. Text is only ever set as text. */
const marked = (text) => {
  const made = document.createDocumentFragment();
  const pattern = /(^|[\s(])([*_~])(\S(?:[^\n]*?\S)??)\2(?=$|[\s).,:;!?])/gm;
  let from = 0;
  for (const match of text.matchAll(pattern)) {
    made.append(text.slice(from, match.index) + match[1]);
    made.append(element({ "*": "b", _: "i", "~": "s" }[match[2]], "", match[3]));
    from = match.index + match[0].length;
  }
  made.append(text.slice(from));
  return made;
};

const kathmandu = (options) => new Intl.DateTimeFormat("en-GB", { timeZone: "Asia/Kathmandu", ...options });
const clockTime = kathmandu({ hour: "2-digit", minute: "2-digit" });
const dayName = kathmandu({ weekday: "short", day: "numeric", month: "short" });
const fullTime = kathmandu({ weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
const rupees = (minor) => `Rs. ${(minor / 100).toLocaleString("en-IN", { minimumFractionDigits: 2 })}`;

class Phone {
  constructor(address) {
    this.root = template.content.firstElementChild.cloneNode(true);
    this.talk = this.root.querySelector(".talk");
    this.sheet = this.root.querySelector(".sheet");
    this.books = this.root.querySelector(".books");
    this.select = this.root.querySelector("select");
    this.input = this.root.querySelector("textarea");
    this.shown = "";
    this.listen();
    this.fill();
    this.become(address);
    desk.append(this.root);
    phones.add(this);
  }

  fill() {
    const options = cast.map((person) => new Option(
      [person.name || person.address.replace("whatsapp:", ""), person.party && `${person.party}${person.position === "helper" ? ", helper" : ""}`].filter(Boolean).join(" · "),
      person.address,
    ));
    const groups = { retailer: "Shops", vendor: "Wholesalers", null: "Not known yet" };
    this.select.replaceChildren(...Object.entries(groups).map(([role, label]) => {
      const group = document.createElement("optgroup");
      group.label = label;
      group.append(...options.filter((_, index) => String(cast[index].role) === role));
      return group;
    }).filter((group) => group.children.length), new Option("A new number…", "new"));
    if (this.address) this.select.value = this.address;
  }

  get person() { return cast.find((one) => one.address === this.address) || {}; }

  become(address) {
    this.address = address;
    this.select.value = address;
    this.root.querySelector(".avatar").textContent = (this.person.party || this.person.name || "?")[0];
    this.shown = "";
    this.sheet.hidden = true;
    remember();
  }

  listen() {
    this.root.querySelector("form").addEventListener("submit", (event) => { event.preventDefault(); this.write(); });
    this.input.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); this.write(); }
    });
    this.select.addEventListener("change", () => {
      if (this.select.value !== "new") return this.become(this.select.value);
      const address = `whatsapp:+97798${Math.floor(10000000 + Math.random() * 89999999)}`;
      cast.push({ address, name: address.replace("whatsapp:", ""), party: null, role: null });
      phones.forEach((phone) => phone.fill());
      this.become(address);
    });
    this.root.querySelector(".remove").addEventListener("click", () => { this.root.remove(); phones.delete(this); remember(); });
    this.root.querySelector(".books-toggle").addEventListener("click", () => { this.books.hidden = !this.books.hidden; this.showBooks(); });
    this.root.querySelectorAll("[data-attach]").forEach((button) => button.addEventListener("click", () => {
      this.root.querySelector(".attach").open = false;
      this.send(button.dataset.attach === "pin" ? { pin: PIN } : { photo: true, text: this.input.value });
    }));
  }

  write() {
    const text = this.input.value;
    if (!text.trim()) return;
    this.input.value = "";
    this.send({ text });
  }

  async send(written) {
    try {
      await json(`/simulator/phones/${encodeURIComponent(this.address)}/messages`, { name: this.person.name || "", ...written });
    } catch (problem) {
      this.talk.append(element("li", "failed", `Not sent (${problem.message}). Is the web process running?`));
      if (written.text && !written.choice) this.input.value = written.text;
    }
    poll();
  }

  show(messages) {
    const fingerprint = JSON.stringify(messages);
    if (fingerprint === this.shown) return;
    const arrived = this.shown !== "";
    this.shown = fingerprint;
    const items = [];
    let day = "";
    for (const message of messages) {
      const today = dayName.format(new Date(message.at));
      if (today !== day) items.push(element("li", "day", (day = today)));
      items.push(this.item(message));
    }
    if (!items.length) items.push(element("li", "empty", "No messages yet. Write what you would write on WhatsApp."));
    this.talk.replaceChildren(...items);
    this.talk.scrollTo({ top: this.talk.scrollHeight, behavior: arrived ? "smooth" : "instant" });
    if (messages.some((message) => !message.mine)) json(`/simulator/phones/${encodeURIComponent(this.address)}/seen`, {}).catch(() => {});
    this.showBooks();
  }

  item(message) {
    const item = element("li", message.mine ? "message mine" : "message");
    const bubble = element("div", "bubble");
    bubble.append(marked(message.text || { location: "📍 Location", media: "📷 Photo" }[message.kind] || "…"));
    for (const file of message.files || []) {
      const link = element("a", "file", `📄 ${file.name}`);
      link.href = file.url;
      link.target = "_blank";
      bubble.append(link);
    }
    const meta = element("span", "meta", clockTime.format(new Date(message.at)) + " ");
    if (message.mine) meta.append(element("span", message.ticks === "read" ? "read" : "", "✓✓"));
    bubble.append(meta);
    item.append(bubble, this.choices(message));
    return item;
  }

  choices(message) {
    const box = element("div", "choices");
    for (const button of message.buttons || []) {
      const made = element("button", button.tapped ? "tapped" : "", button.title);
      made.type = "button";
      made.addEventListener("click", () => this.send({ choice: button.id, text: button.title, replied_to: message.sid }));
      box.append(made);
    }
    if ((message.rows || []).length) {
      const opener = element("button", "", `☰ ${message.list_button || "Choose"}`);
      opener.type = "button";
      opener.addEventListener("click", () => this.openSheet(message));
      box.append(opener);
    }
    return box;
  }

  openSheet(message) {
    const rows = message.rows.map((row) => {
      const made = element("button", "", row.title);
      made.type = "button";
      if (row.description) made.append(element("small", "", row.description));
      made.addEventListener("click", () => {
        this.sheet.hidden = true;
        this.send({ choice: row.id, row: true, text: row.title, replied_to: message.sid });
      });
      return made;
    });
    const close = element("button", "close", "Close");
    close.type = "button";
    close.addEventListener("click", () => { this.sheet.hidden = true; });
    this.sheet.replaceChildren(element("h2", "", message.list_button || "Choose"), ...rows, close);
    this.sheet.hidden = false;
  }

  async showBooks() {
    if (this.books.hidden) return;
    const books = await json(`/simulator/books?address=${encodeURIComponent(this.address)}`).catch(() => null);
    if (!books || !books.party) return this.books.replaceChildren(element("p", "", "No books yet: this number is not approved."));
    const parts = [];
    if (books.party === "retailer") {
      const list = element("dl");
      for (const [name, amount] of [["Limit", books.limit_minor], ["Owed", books.posted_minor], ["Held for open orders", books.held_minor], ["Available", books.available_minor]]) {
        list.append(element("dt", "", name), element("dd", "", rupees(amount)));
      }
      parts.push(list, element("p", books.agrees ? "agrees" : "differs", books.agrees ? "✓ The account agrees with the ledger" : "✗ The account differs from the ledger"));
    }
    const table = element("table");
    for (const posting of books.postings) {
      for (const [index, entry] of posting.entries.entries()) {
        const row = element("tr");
        row.append(element("td", "", index ? "" : `#${posting.id} ${posting.kind}`), element("td", "", entry.account), element("td", "", `${entry.amount_minor < 0 ? "Cr" : "Dr"} ${rupees(Math.abs(entry.amount_minor))}`));
        table.append(row);
      }
    }
    this.books.replaceChildren(...parts, books.postings.length ? table : element("p", "", "No postings yet."));
  }
}

const remember = () => localStorage.setItem("khaacho.phones", JSON.stringify([...phones].map((phone) => phone.address)));

let polling = null;
const poll = () => {
  polling = polling || refresh().catch(() => {}).finally(() => { polling = null; });
  return polling;
};

/* Messages for people whose phone is not on the desk: nobody should have to guess which wholesaler was asked. */
const showRinging = (waiting) => {
  const open = new Set([...phones].map((phone) => phone.address));
  const buttons = waiting.filter((one) => !open.has(one.address)).map((one) => {
    const made = element("button", "", `🔔 ${one.name}: ${one.messages} new`);
    made.type = "button";
    made.addEventListener("click", () => { new Phone(one.address); poll(); });
    return made;
  });
  document.getElementById("ringing").replaceChildren(...buttons);
};

const refresh = async () => {
  const query = [...phones].map((phone) => `address=${encodeURIComponent(phone.address)}`).join("&");
  const { screens, waiting, now } = await json(`/simulator/phones?${query}`);
  showRinging(waiting);
  document.getElementById("clock").textContent = fullTime.format(new Date(now));
  phones.forEach((phone) => screens[phone.address] && phone.show(screens[phone.address]));
};

const start = async () => {
  ({ cast } = await json("/simulator/cast"));
  const known = new Set(cast.map((person) => person.address));
  const kept = JSON.parse(localStorage.getItem("khaacho.phones") || "[]").filter((address) => known.has(address));
  const first = (role) => cast.find((person) => person.role === role)?.address;
  const opened = kept.length ? kept : [first("retailer"), first("vendor")].filter(Boolean);
  opened.forEach((address) => new Phone(address));
  document.getElementById("add-phone").addEventListener("click", () => {
    const taken = new Set([...phones].map((phone) => phone.address));
    new Phone((cast.find((person) => !taken.has(person.address)) || cast[0]).address);
    poll();
  });
  document.querySelectorAll("[data-minutes]").forEach((button) => button.addEventListener("click", async () => {
    await json("/simulator/clock", { minutes: Number(button.dataset.minutes) });
    poll();
  }));
  await poll();
  setInterval(() => { if (!document.hidden) poll(); }, POLL_MS);
};

const started = start();
