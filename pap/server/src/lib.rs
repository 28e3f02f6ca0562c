//! `argus-pap`: the administration API. A handler decodes, calls one act of `argus-admin`, and encodes.
//!
//! Every answer carries `X-Request-ID`. Whatever goes wrong is one [`Problem`] (RFC 9457) of the closed list
//! [`problem::KINDS`], unknown paths and methods included. Nothing is cached, and no header, query or body is logged.
//!
//! What is not here yet: `ETag`, `If-Match` and `Idempotency-Key`. They are headers like any other unknown one, and
//! change nothing.

mod asked;
mod body;
mod envelope;
mod page;
pub mod problem;
mod query;
mod routes;

use actix_web::middleware::from_fn;
use actix_web::web::{self, PayloadConfig, ServiceConfig};
use argus_admin::Admin;

pub use problem::Problem;

/// The largest body. What is administered is small; the policies of a whole installation are not sent here.
const BODY_BYTES: usize = 1024 * 1024;

/// Puts the API into an application that has a listener of its own.
pub fn configure(admin: Admin) -> impl FnOnce(&mut ServiceConfig) + Clone {
    move |config| {
        let api = web::scope("")
            .wrap(from_fn(envelope::seal))
            .configure(routes::configure)
            .default_service(web::to(routes::no_such_path));
        config.app_data(web::Data::new(admin)).app_data(PayloadConfig::new(BODY_BYTES)).service(api);
    }
}
