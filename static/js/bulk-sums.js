// What is ticked in the list of entries, summed: hours, how much of them is billable, money by currency. A row says its
// part in data-sum ("seconds minor currency", without money where it is not billable); amounts are whole minor units.

const clock = (seconds) => `${Math.floor(seconds / 3600)}:${String(Math.floor((seconds % 3600) / 60)).padStart(2, "0")}`;

function money(minor, [sign, digits, grouping]) {
  const unit = 10 ** digits;
  const whole = Math.floor(minor / unit).toLocaleString(grouping);
  return `${sign}\u00a0${whole}${digits ? `.${String(minor % unit).padStart(digits, "0")}` : ""}`;
}

function sum(ticked) {
  const total = { seconds: 0, billable: 0, amounts: {} };
  ticked.forEach((tick) => {
    const [seconds, minor, currency] = tick.dataset.sum.split(" ");
    total.seconds += Number(seconds);
    if (!currency) return;
    total.billable += Number(seconds);
    total.amounts[currency] = (total.amounts[currency] ?? 0) + Number(minor);
  });
  return total;
}

document.addEventListener("bulk-shown", (event) => {
  const bar = event.target.querySelector(".bulk-bar[data-currencies]");
  if (!bar) return;
  const all = bar.querySelector("[data-bulk-all]:checked");
  const total = all ? JSON.parse(all.dataset.bulkAll) : sum(event.detail.ticked);
  const currencies = JSON.parse(bar.dataset.currencies);
  const amounts = Object.keys(total.amounts).sort().filter((code) => total.amounts[code]);
  const words = [clock(total.seconds)];
  if (total.billable !== total.seconds) words.push(bar.dataset.billable.replace("%s", clock(total.billable)));
  words.push(...amounts.map((code) => money(total.amounts[code], currencies[code])));
  bar.querySelector("[data-bulk-sum]").textContent = event.detail.ticked.length || all ? words.join(" · ") : "";
});
