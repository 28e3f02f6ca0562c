//! The paths, each with its methods; a path's other methods are a problem that names them.

mod health;
mod keys;
mod leaks;
mod organisations;
mod projects;

use actix_web::guard::{self, Guard};
use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpResponse, Resource, Route};

use crate::Problem;

pub(crate) fn configure(config: &mut ServiceConfig) {
    config.service(path("/healthz", "GET, HEAD").route(get().to(health::show_health)));
    config.service(
        path("/v1/organisations", "GET, HEAD, POST")
            .route(get().to(organisations::list_organisations))
            .route(web::post().to(organisations::create_organisation)),
    );
    config.service(
        path("/v1/organisations/{organisation}", "GET, HEAD").route(get().to(organisations::show_organisation)),
    );
    config.service(
        path("/v1/projects", "GET, HEAD, POST")
            .route(get().to(projects::list_projects))
            .route(web::post().to(projects::create_project)),
    );
    config.service(path("/v1/projects/{project}", "GET, HEAD").route(get().to(projects::show_project)));
    config.service(
        path("/v1/keys", "GET, HEAD, POST").route(get().to(keys::list_keys)).route(web::post().to(keys::create_key)),
    );
    // Before `/v1/keys/{key}`, which would take these for ids.
    config.service(path("/v1/keys/preview", "POST").route(web::post().to(keys::preview_key)));
    config.service(path("/v1/keys/revoke", "POST").route(web::post().to(keys::revoke_keys)));
    config.service(path("/v1/keys/{key}", "GET, HEAD").route(get().to(keys::show_key)));
    for (act, handler) in [
        ("revoke", web::post().to(keys::revoke_key)),
        ("rotate", web::post().to(keys::rotate_key)),
        ("suspend", web::post().to(keys::suspend_key)),
        ("resume", web::post().to(keys::resume_key)),
    ] {
        config.service(path(&format!("/v1/keys/{{key}}/{act}"), "POST").route(handler));
    }
    config.service(
        path("/v1/keys/{key}/credentials/{credential}/collect", "POST").route(web::post().to(keys::collect_credential)),
    );
    config.service(path("/v1/leaks", "POST").route(web::post().to(leaks::report_leaks)));
}

/// What answers every other path.
pub(crate) async fn no_such_path() -> Result<HttpResponse, Problem> {
    Err(Problem::no_such_path())
}

fn path(path: &str, methods: &'static str) -> Resource {
    web::resource(path)
        .default_service(web::to(move || async move { Err::<HttpResponse, _>(Problem::method_not_allowed(methods)) }))
}

/// HEAD is GET without the body (RFC 9110 §9.3.2).
fn get() -> Route {
    web::route().guard(read())
}

fn read() -> impl Guard {
    guard::Any(guard::Get()).or(guard::Head())
}
