//! The table of the API's doors: a method of a path, and what answers it. Routing, `Allow` and the description are all
//! drawn from it, so that none of them knows a door that another doesn't.

use actix_web::guard::{self, Guard};
use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpResponse, Resource, Route};

use crate::Problem;

/// A method of a path, and what answers it.
#[derive(Clone, Copy)]
pub struct Door {
    /// The method, in capitals.
    pub method: &'static str,
    /// The path, with its parameters in braces.
    pub path: &'static str,
    /// The name of the function that answers: the operation's id.
    pub handler: &'static str,
    pub(crate) route: fn() -> Route,
}

/// Makes `DOORS`, and the `Document` that holds a description of each. A handler without one doesn't compile.
macro_rules! doors {
    ($($method:ident $path:literal => $($segment:ident)::+;)+) => {
        /// Every door of this API. Where a path is one of several that fit, the first counts.
        pub static DOORS: &[$crate::doors::Door] = &[$($crate::doors::Door {
            method: $crate::doors::name::$method,
            path: $path,
            handler: stringify!($($segment)::+),
            route: || $crate::doors::$method().to($($segment)::+),
        }),+];

        #[derive(utoipa::OpenApi)]
        #[openapi(paths($($($segment)::+),+))]
        pub(crate) struct Document;
    };
}
pub(crate) use doors;

/// The methods as they are written.
#[expect(non_upper_case_globals, reason = "named as in the table")]
pub(crate) mod name {
    pub(crate) const get: &str = "GET";
    pub(crate) const patch: &str = "PATCH";
    pub(crate) const post: &str = "POST";
}

/// HEAD is GET without the body (RFC 9110 §9.3.2).
pub(crate) fn get() -> Route {
    web::route().guard(read())
}

pub(crate) fn post() -> Route {
    web::post()
}

pub(crate) fn patch() -> Route {
    web::patch()
}

fn read() -> impl Guard {
    guard::Any(guard::Get()).or(guard::Head())
}

/// Mounts doors: each path with its methods, its other methods a problem that names them.
pub(crate) fn mount(config: &mut ServiceConfig, doors: &'static [Door]) {
    for of_path in doors.chunk_by(|a, b| a.path == b.path) {
        let Some(first) = of_path.first() else { continue };
        let resource = resource(first.path, methods(of_path));
        config.service(of_path.iter().fold(resource, |resource, door| resource.route((door.route)())));
    }
}

fn methods(doors: &[Door]) -> String {
    let names = doors.iter().map(|door| if door.method == name::get { "GET, HEAD" } else { door.method });
    names.collect::<Vec<_>>().join(", ")
}

/// A path with methods that are yet to be named to the framework: any other is a problem that names these.
pub(crate) fn resource(path: &str, methods: impl Into<String>) -> Resource {
    let methods = methods.into();
    let refuse = move || {
        let methods = methods.clone();
        async move { Err::<HttpResponse, _>(Problem::method_not_allowed(methods)) }
    };
    web::resource(path).default_service(web::to(refuse))
}

impl Door {
    /// The operation's id: the last word of the handler's path.
    pub fn operation_id(&self) -> &'static str {
        self.handler.rsplit("::").next().unwrap_or_default().trim()
    }
}

impl std::fmt::Debug for Door {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.method, self.path)
    }
}
