//! POST /domains/{organisation}/pdp

use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};

use crate::metrics::Door;
use crate::pdp::Shared;
use crate::routes::xacml::{self, Whose};

/// Decide an XACML request by the policies of this organisation.
pub(in crate::routes) async fn decide_domain(
    request: HttpRequest,
    body: Payload,
    shared: Data<Shared>,
) -> HttpResponse {
    let organisation = request.match_info().get("organisation").unwrap_or_default();
    xacml::serve(&request, body, &shared, Door::Domain, Whose::Organisations(organisation)).await
}
