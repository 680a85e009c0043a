// Signing up: guess time zone and currency from the browser. The fields are open to the eye and can be changed.

const REGION_CURRENCIES = {
  EUR: "AT BE CY DE EE ES FI FR GR HR IE IT LT LU LV MT NL PT SI SK",
  USD: "US EC SV PR",
  GBP: "GB",
  INR: "IN",
  CHF: "CH LI",
  AUD: "AU",
  CAD: "CA",
  NZD: "NZ",
  SGD: "SG",
  JPY: "JP",
  SEK: "SE",
  NOK: "NO",
  DKK: "DK",
  PLN: "PL",
  CZK: "CZ",
  BRL: "BR",
  MXN: "MX",
  ZAR: "ZA",
  AED: "AE",
  KWD: "KW",
};

// A few zones tell the country for sure; a browser set to "English (US)" is used everywhere.
const ZONE_REGIONS = {
  "Asia/Kolkata": "IN",
  "Asia/Calcutta": "IN",
  "Europe/London": "GB",
  "Europe/Zurich": "CH",
  "Europe/Stockholm": "SE",
  "Europe/Oslo": "NO",
  "Europe/Copenhagen": "DK",
  "Europe/Warsaw": "PL",
  "Europe/Prague": "CZ",
  "Europe/Berlin": "DE",
  "Europe/Paris": "FR",
  "Europe/Madrid": "ES",
  "Europe/Rome": "IT",
  "Europe/Amsterdam": "NL",
  "Europe/Brussels": "BE",
  "Europe/Vienna": "AT",
  "Europe/Dublin": "IE",
  "Europe/Lisbon": "PT",
  "Europe/Helsinki": "FI",
  "Europe/Athens": "GR",
  "Asia/Tokyo": "JP",
  "Asia/Singapore": "SG",
  "Asia/Dubai": "AE",
  "Asia/Kuwait": "KW",
  "Pacific/Auckland": "NZ",
  "Australia/Sydney": "AU",
  "Australia/Melbourne": "AU",
  "America/Toronto": "CA",
  "America/Vancouver": "CA",
  "America/Sao_Paulo": "BR",
  "America/Mexico_City": "MX",
  "Africa/Johannesburg": "ZA",
};

const RENAMED = { "Asia/Calcutta": "Asia/Kolkata", "Europe/Kiev": "Europe/Kyiv", "Asia/Saigon": "Asia/Ho_Chi_Minh" };

function currencyOf(zone) {
  const region = ZONE_REGIONS[zone] ?? new Intl.Locale(navigator.language).maximize().region;
  return Object.keys(REGION_CURRENCIES).find((code) => REGION_CURRENCIES[code].split(" ").includes(region));
}

function suggest(field, value) {
  if (!field || !value) return;
  const offered = field.tagName !== "SELECT" || [...field.options].some((option) => option.value === value);
  if (offered) field.value = value;
}

const form = document.querySelector("form[data-guess-locale]");
if (form && !form.querySelector(".is-invalid, .alert-danger")) {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  suggest(form.elements.timezone, RENAMED[zone] ?? zone);
  suggest(form.elements.currency, currencyOf(zone));
  form.dispatchEvent(new Event("locale-guessed"));
}
