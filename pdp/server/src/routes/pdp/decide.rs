//! POST /pdp

use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};

use crate::metrics::Door;
use crate::pdp::Shared;
use crate::routes::xacml::{self, Whose};

/// Decide an XACML request by the policies of the organisation that owns the enforcement point's key.
///
/// With a key of `argus`: by those of the organisation of the subject's key, else by those of `argus`.
#[utoipa::path(
    post, path = "/pdp", tag = "decisions",
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
    )))
)]
pub(in crate::routes) async fn decide_pdp(request: HttpRequest, body: Payload, shared: Data<Shared>) -> HttpResponse {
    xacml::serve(&request, body, &shared, Door::Pdp, Whose::Callers).await
}
