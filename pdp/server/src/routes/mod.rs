//! The doors, a file for each. A door decodes, asks once, and encodes.

mod domains;
mod fallback;
mod forward_auth;
mod health;
mod home;
mod members;
mod metrics;
mod openapi;
mod pdp;
mod settle;
mod verify;
mod xacml;

use std::sync::Arc;

use actix_web::web::{self, Data, ServiceConfig, resource};
use actix_web::{Resource, Route, guard};

use crate::pdp::Shared;

/// Mounts all doors. What is asked of them in another way is 405, what is asked elsewhere 404.
pub(crate) fn configure(config: &mut ServiceConfig, shared: &Arc<Shared>) {
    config
        .app_data(Data::from(Arc::clone(shared)))
        // The busiest first: they are tried in this order.
        .service(post("/pdp").route(web::post().to(pdp::decide::decide_pdp)))
        .service(post("/v1/verify").route(web::post().to(verify::create::create_verification)))
        .service(post("/v1/settle").route(web::post().to(settle::create::create_settlement)))
        .service(post("/domains/{organisation}/pdp").route(web::post().to(domains::decide::decide_domain)))
        .service(get("/v1/forward-auth").route(read().to(forward_auth::check::check_forwarded)))
        .service(get("/").route(read().to(home::show::show_home)))
        .service(get("/healthz").route(read().to(health::live::show_liveness)))
        .service(get("/readyz").route(read().to(health::ready::show_readiness)))
        .service(get("/openapi.json").route(read().to(openapi::show_openapi)))
        .service(get("/metrics").route(read().to(metrics::show::show_metrics)))
        .default_service(web::to(fallback::not_found));
}

fn post(path: &str) -> Resource {
    resource(path).default_service(web::to(fallback::only_post))
}

fn get(path: &str) -> Resource {
    resource(path).default_service(web::to(fallback::only_get))
}

/// GET, and HEAD, whose answer is that of GET without its body.
fn read() -> Route {
    web::route().guard(guard::Any(guard::Get()).or(guard::Head()))
}
