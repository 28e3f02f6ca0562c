//! POST /domains/{organisation}/pdp

use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};

use crate::metrics::Door;
use crate::pdp::Shared;
use crate::routes::xacml::{self, Whose};

/// Decide an XACML request by the policies of this organisation.
#[utoipa::path(
    post, path = "/domains/{organisation}/pdp", tag = "decisions",
    params(("organisation" = String, Path, description = "Its name.")),
    request_body(
        description = "A request of XACML 3.0.",
        content((String = "application/xacml+xml"), (Object = "application/xacml+json"), (String = "application/xml"),
            (Object = "application/json", example = json!({"Request": {
                "AccessSubject": {"Attribute": [{"AttributeId": "urn:argus:attribute:credential", "Value": "argus_live_… (the whole key)"}]},
                "Action": {"Attribute": [{"AttributeId": "urn:oasis:names:tc:xacml:1.0:action:action-id", "Value": "read"}]},
                "Resource": {"Attribute": [{"AttributeId": "urn:oasis:names:tc:xacml:1.0:resource:resource-id", "Value": "acme/atlas/evidence/42"}]}
            }})))
    ),
    responses((status = 200, description = "A response of XACML 3.0, with one result for each decision.", content(
        (String = "application/xacml+xml"), (Object = "application/xacml+json"), (String = "application/xml"),
        (Object = "application/json")
    ))),
    extensions(("x-problems" = json!(["not-found"])))
)]
pub(in crate::routes) async fn decide_domain(
    request: HttpRequest,
    body: Payload,
    shared: Data<Shared>,
) -> HttpResponse {
    let organisation = request.match_info().get("organisation").unwrap_or_default();
    xacml::serve(&request, body, &shared, Door::Domain, Whose::Organisations(organisation)).await
}
