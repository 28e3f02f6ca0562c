//! POST /pdp

use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};

use crate::metrics::Door;
use crate::pdp::Shared;
use crate::routes::xacml::{self, Whose};

/// Decide an XACML request by the policies of the organisation that owns the enforcement point's key. With a key of
/// `argus`: by those of the organisation of the subject's key, else by those of `argus`.
pub(in crate::routes) async fn decide_pdp(request: HttpRequest, body: Payload, shared: Data<Shared>) -> HttpResponse {
    xacml::serve(&request, body, &shared, Door::Pdp, Whose::Callers).await
}
