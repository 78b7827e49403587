"use strict";

/* The story of the README, played on two phones with real messages: everything here is written and tapped as a person would.
   What each step says stands in the page. Uses what simulator.js has made. */

const PATIENCE_MS = 40_000;
const READING_MS = matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 2600;
const tour = document.getElementById("tour");
const tourButton = document.getElementById("tour-button");
let isStopped = false;

const pause = (ms) => new Promise((done) => { setTimeout(done, ms); });
const latin = (text) => text.replace(/[०-९]/g, (digit) => "०१२३४५६७८९".indexOf(digit));

const tell = (name) => {
  tour.hidden = false;
  tour.querySelectorAll("[data-step]").forEach((one) => { one.hidden = one.dataset.step !== name; });
};

const step = async (name) => {
  if (isStopped) throw new Error("stopped");
  tell(name);
  await pause(READING_MS);
};

const screensOf = async (addresses) => {
  const query = addresses.map((address) => `address=${encodeURIComponent(address)}`).join("&");
  return (await json(`/simulator/phones?${query}`)).screens;
};

/* Calls *act*, then waits for a new message on one of these phones that *fits*. *patience* is called while nothing comes. */
const answerTo = async (act, addresses, fits, patience) => {
  const before = new Set(Object.values(await screensOf(addresses)).flat().map((message) => message.id));
  await act();
  const end = Date.now() + PATIENCE_MS;
  for (let round = 1; Date.now() < end; round += 1) {
    if (isStopped) throw new Error("stopped");
    const screens = await screensOf(addresses);
    for (const address of addresses) {
      const found = (screens[address] || []).filter((one) => !one.mine && !before.has(one.id) && fits(one)).pop();
      if (found) { await poll(); return { address, message: found }; }
    }
    if (patience && round % 12 === 0) await patience();
    await pause(350);
  }
  throw new Error("nothing came");
};

const choice = (message, name) => (message.buttons || []).find((button) => button.id.endsWith(`:${name}`));
const has = (name) => (message) => Boolean(choice(message, name));
const tap = (phone, message, name) => {
  const button = choice(message, name);
  return phone.send({ choice: button.id, text: button.title, replied_to: message.sid });
};
const write = async (phone, text) => {
  for (let end = 1; READING_MS && end <= text.length; end += 2) { phone.input.value = text.slice(0, end); await pause(35); }
  phone.input.value = "";
  await phone.send({ text });
};

const play = async () => {
  await started;
  const shops = cast.filter((person) => person.role === "retailer");
  const asha = (shops.find((person) => person.name.startsWith("Asha")) || shops[0]).address;
  const vendors = cast.filter((person) => person.role === "vendor").map((person) => person.address).slice(0, 6);
  while (phones.size < 2) new Phone(phones.size ? vendors[0] : asha);
  const [shop, vendor] = [...phones];
  shop.become(asha);
  vendor.become(vendors[0]);
  await poll();

  // Another number each time: the same text again within two minutes is asked about, and never added twice.
  const cartons = 2 + (Math.floor(Date.now() / 1000) % 7);
  await step("write");
  const basket = await answerTo(() => write(shop, `wai wai chicken ${cartons} carton, chini 10 kg`), [asha], has("credit"));
  await step("order");
  // Wholesalers who sleep are asked when they open: the business clock goes on.
  const offer = await answerTo(
    () => tap(shop, basket.message, "credit"), vendors, has("accept"), () => json("/simulator/clock", { minutes: 60 }),
  );
  vendor.become(offer.address);
  await poll();
  await step("accept");
  const accepted = await answerTo(() => tap(vendor, offer.message, "accept"), [offer.address], has("dispatch"));
  await step("dispatch");
  const code = /(?<!\d)0\d{4}(?!\d)/;
  const left = await answerTo(() => tap(vendor, accepted.message, "dispatch"), [asha], (message) => code.test(latin(message.text)));
  await step("deliver");
  await answerTo(() => write(vendor, latin(left.message.text).match(code)[0]), [asha], has("short"));
  await step("pay");
  const reference = `T${Date.now() % 10_000_000}`;
  const claim = await answerTo(
    () => write(shop, `paid 500 esewa ref ${reference}`), vendors, (message) => latin(message.text).includes(reference),
  );
  vendor.become(claim.address);
  await poll();
  await step("confirm");
  let asked = claim.message;
  if (!choice(asked, "yes")) {
    // With other payments that wait, it came in a list: it is named by its number, and read back.
    const [, number] = latin(asked.text).match(new RegExp(`^(\\d+)\\..*${reference}`, "m"));
    asked = (await answerTo(() => write(vendor, `${number} received`), [claim.address], has("yes"))).message;
  }
  await answerTo(() => tap(vendor, asked, "yes"), [asha], (message) => message.text.includes(reference));
  [shop, vendor].forEach((phone) => { phone.books.hidden = false; phone.showBooks(); });
  await step("books");
};

tourButton.addEventListener("click", async () => {
  isStopped = false;
  tourButton.disabled = true;
  try {
    await play();
  } catch (problem) {
    tour.dataset.why = problem.message;
    tell(problem.message === "stopped" ? "stopped" : "failed");
  }
  tourButton.disabled = false;
});
document.getElementById("tour-stop").addEventListener("click", () => { isStopped = true; tour.hidden = true; });
