//! `argus-pap`: the administration API. A handler decodes, calls one act of `argus-admin`, and encodes.
//!
//! Every answer carries `X-Request-ID`. Whatever goes wrong is one [`Problem`] (RFC 9457) of the closed list
//! [`problem::KINDS`], unknown paths and methods included; only the endpoints of OAuth refuse in the form of their own
//! standards. What is shown has a tag, what changes it has to name one, and a POST with an `Idempotency-Key` happens once.
//! No header, query or body is logged.
//!
//! [`DOORS`] is the table of what there is; its description ([`openapi`]) is made of the doors themselves.

mod asked;
mod body;
mod client;
mod created;
pub mod doors;
mod envelope;
mod etag;
mod form;
mod metrics;
mod negotiation;
mod oauth;
pub mod openapi;
mod page;
mod patch;
pub mod problem;
mod query;
mod repeat;
mod routes;
mod wiped;

use actix_web::middleware::from_fn;
use actix_web::web::{self, PayloadConfig, ServiceConfig};
use argus_admin::Admin;

pub use metrics::{Watched, metrics};
pub use problem::Problem;
pub use routes::DOORS;

/// The largest body. What is administered is small; the policies of a whole installation are not sent here.
const BODY_BYTES: usize = 1024 * 1024;

/// Puts the API into an application that has a listener of its own. Where the application's data are
/// `argus_credentials::TrustedProxies`, these are believed when they say for whom they ask.
pub fn configure(admin: Admin) -> impl FnOnce(&mut ServiceConfig) + Clone {
    configure_watched(admin, Watched::default())
}

/// The same, counted together with what others serve of it.
pub fn configure_watched(admin: Admin, watched: Watched) -> impl FnOnce(&mut ServiceConfig) + Clone {
    move |config| {
        let api = web::scope("")
            .wrap(from_fn(repeat::guard))
            .wrap(from_fn(envelope::seal))
            .configure(|config| doors::mount(config, routes::DOORS))
            .configure(routes::mount_metadata_with_path)
            .default_service(web::to(routes::no_such_path));
        config.app_data(web::Data::new(admin)).app_data(web::Data::new(watched));
        config.app_data(PayloadConfig::new(BODY_BYTES)).service(api);
    }
}
