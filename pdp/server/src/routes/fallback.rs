//! What is asked at an address, or by a method, that nothing answers.

use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};

use crate::http::body::Body;
use crate::http::call::Call;
use crate::http::problem::Problem;
use crate::http::url;
use crate::pdp::Shared;

/// 404, everywhere else.
pub(super) async fn not_found(request: HttpRequest, payload: Payload, shared: Data<Shared>) -> HttpResponse {
    refuse(request, payload, &shared, Problem::not_found()).await
}

/// 405 where decisions are asked for.
pub(super) async fn only_post(request: HttpRequest, payload: Payload, shared: Data<Shared>) -> HttpResponse {
    refuse(request, payload, &shared, Problem::method_not_allowed("POST")).await
}

/// 405 where something is shown.
pub(super) async fn only_get(request: HttpRequest, payload: Payload, shared: Data<Shared>) -> HttpResponse {
    refuse(request, payload, &shared, Problem::method_not_allowed("GET, HEAD")).await
}

async fn refuse(request: HttpRequest, payload: Payload, shared: &Shared, problem: Problem) -> HttpResponse {
    let call = Call::begin(&request);
    let problem = url::refuse_key(&request, shared, &call).err().unwrap_or(problem);
    Body::new(&request, payload, &shared.settings).drain().await;
    problem.into_response(&call)
}
