// What became of each campaign's emails.

import { empty, fill, h, heading, share } from "./dom.js";
import { emailType, number, percent } from "./format.js";

const columns = [
  ["scheduled", "Scheduled"], ["sent", "Sent"], ["delivered", "Delivered"], ["opened", "Opened"],
  ["clicked", "Clicked"], ["bounced", "Bounced"], ["unsubscribed", "Unsubscribed"],
];

/** What a number is a share of: delivered and bounced of what was sent, answers of what was delivered. */
const base = {
  sent: "scheduled", delivered: "sent", bounced: "sent", opened: "delivered", clicked: "delivered",
  unsubscribed: "delivered",
};

/** Shows the campaigns of the organisation's metrics. Roles are said, as narrow pages lay the table out as cards. */
export function showCampaigns(root, metrics) {
  const head = heading("campaigns-title", "Campaigns",
    "Delivered and bounced as a share of what was sent, opened, clicked and unsubscribed of what was delivered.");
  if (metrics.campaigns.length === 0) {
    return fill(root, heading("campaigns-title", "Campaigns"),
      empty("No campaign yet", "Campaign instances appear here with what was sent, delivered, opened and clicked."));
  }
  const campaigns = [...metrics.campaigns].sort((left, right) => right.scheduled - left.scheduled);
  fill(root, head, h("table", { class: "campaigns", role: "table", "aria-labelledby": "campaigns-title" },
    h("thead", { role: "rowgroup" }, h("tr", { role: "row" },
      h("th", { scope: "col", role: "columnheader" }, "Campaign"),
      columns.map(([, label]) => h("th", { scope: "col", role: "columnheader", class: "number" }, label)))),
    h("tbody", { role: "rowgroup" }, campaigns.map((campaign) =>
      h("tr", { role: "row", "data-campaign": campaign.campaign_instance_id },
        h("th", { scope: "row", role: "rowheader" },
          h("span", { class: "campaign-name" }, campaign.instance_name || `Campaign ${campaign.campaign_instance_id}`),
          h("span", { class: "campaign-type" }, emailType(campaign.campaign_type ?? ""))),
        columns.map(([name, label]) => cell(campaign, name, label)))))));
}

function cell(campaign, name, label) {
  const value = campaign[name];
  const whole = base[name] ? campaign[base[name]] : 0;
  return h("td", { role: "cell", class: "number", "data-label": label, "data-column": name },
    h("span", { class: value ? "metric" : "metric faint" }, number(value)),
    whole > 0
      ? h("span", { class: `rate-line ${name}` },
        h("span", { class: "bar", "aria-hidden": "true", vars: { share: share(value, whole) } }),
        h("span", { class: "rate-text" }, percent(value / whole)))
      : null);
}
