"""Leads valid requests to the sample data, so that they get past 404: any valid organisation is the one with data, any
valid id one of the first records. What schemathesis made invalid on purpose stays as it is."""
import re

import schemathesis

ORGANIZATION, SPARE = "acme", "spare"
ORGANIZATION_ID = re.compile(r"[a-z0-9_-]{1,64}")
# Ids at the end of their range are tried for their own sake.
IDS = range(1, 2**63 - 2)


@schemathesis.hook
def before_call(context, case, kwargs):
    parameters = case.path_parameters or {}
    if isinstance(parameters.get("org"), str) and ORGANIZATION_ID.fullmatch(parameters["org"]):
        removes = case.method == "DELETE" and case.path == "/v1/orgs/{org}"
        parameters["org"] = SPARE if removes else ORGANIZATION
    # Removals have records of their own.
    lead(parameters, "id", 3 if case.method == "DELETE" else 1)
    if isinstance(case.body, dict):
        for name in ("contact_id", "campaign_instance_id"):
            lead(case.body, name, 1)


def lead(values, name, first):
    value = values.get(name)
    if isinstance(value, int) and not isinstance(value, bool) and value in IDS:
        values[name] = first + value % 2


@schemathesis.hook
def before_load_schema(context, raw_schema):
    raw_schema["components"]["parameters"]["TypeName"]["example"] = "rate_increase"
