//! `GET /openapi.json`: the doors described (OpenAPI 3.1), made of the code. What is alike for all of them is added here: who
//! asks, what can go wrong, and the id of the request.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use actix_web::HttpResponse;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue};
use serde_json::{Value, json};
use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::path::Operation;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{ContentBuilder, OpenApi, Ref, RefOr, Response, ResponseBuilder, ServerBuilder};
use utoipa::{OpenApi as _, PartialSchema as _, ToSchema};

use super::{domains, forward_auth, health, home, metrics, pdp, settle, verify};
use crate::http::problem::{PROBLEM_KINDS, ProblemKind};

#[derive(utoipa::OpenApi)]
#[openapi(paths(
    pdp::decide::decide_pdp,
    domains::decide::decide_domain,
    verify::create::create_verification,
    settle::create::create_settlement,
    forward_auth::check::check_forwarded,
    home::show::show_home,
    health::live::show_liveness,
    health::ready::show_readiness,
    metrics::show::show_metrics,
    show_openapi
))]
struct Document;

/// What goes wrong (RFC 9457).
#[derive(ToSchema)]
#[schema(as = Problem)]
#[expect(dead_code, reason = "described, and written by `Problem`")]
struct ProblemBody {
    /// What a program tells it apart by: `urn:argus:problem:` and a code.
    r#type: String,
    /// What it is, in a few words that never change.
    title: String,
    /// The status of the answer.
    status: u16,
    /// What is wrong this time.
    detail: String,
    /// The id of the request, which is also in `X-Request-ID`.
    instance: String,
    /// What to do.
    help: Option<String>,
    /// The scope that would have sufficed.
    needed_scope: Option<String>,
    /// All that is wrong with the members of the body.
    errors: Option<Vec<ProblemError>>,
}

/// One thing that is wrong with a body.
#[derive(ToSchema)]
#[expect(dead_code, reason = "described, and written by `FieldError`")]
struct ProblemError {
    /// Where: a JSON Pointer (RFC 6901).
    pointer: String,
    /// What a program tells it apart by.
    code: String,
    /// What is wrong.
    detail: String,
    /// What to do.
    help: Option<String>,
}

/// Show the description of these doors: OpenAPI 3.1.
///
/// It is the same for everybody, and needs no key.
#[utoipa::path(
    get, path = "/openapi.json", tag = "description", security(()),
    responses((status = 200, description = "The description.", body = Object))
)]
pub(in crate::routes) async fn show_openapi() -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, HeaderValue::from_static("application/json")))
        .insert_header((CACHE_CONTROL, HeaderValue::from_static("no-cache")))
        .body(text())
}

/// The description as it is served and kept: JSON, indented.
fn text() -> &'static str {
    static TEXT: LazyLock<String> =
        LazyLock::new(|| document().to_pretty_json().map(|text| text + "\n").unwrap_or_default());
    &TEXT
}

const SCHEME: &str = "key";

/// Where an operation names the problems that are its own; all of them afterwards.
const PROBLEMS: &str = "x-problems";

const OF_ALL: [&str; 6] = [
    "malformed-credential",
    "client-unclear",
    "certificate-header",
    "credential-missing",
    "credential-refused",
    "not-permitted",
];

const OF_QUESTIONS: [&str; 9] = [
    "malformed-body",
    "not-acceptable",
    "body-timeout",
    "body-too-large",
    "unsupported-media-type",
    "busy",
    "store-away",
    "journal-away",
    "credential-in-url",
];

fn document() -> OpenApi {
    let mut document = Document::openapi();
    "Argus: decisions".clone_into(&mut document.info.title);
    document.info.description = Some(INTRODUCTION.to_owned());
    let here = ServerBuilder::new().url("/").description(Some("Where this description is served."));
    document.servers = Some(vec![here.build()]);
    let components = document.components.get_or_insert_default();
    let bearer = Http::builder().scheme(HttpAuthScheme::Bearer).bearer_format("argus_…");
    let bearer = bearer.description(Some("The enforcement point's own key (RFC 6750)."));
    components.add_security_scheme(SCHEME, SecurityScheme::Http(bearer.build()));
    components.schemas.insert(ProblemBody::name().into_owned(), ProblemBody::schema());
    components.schemas.insert(ProblemError::name().into_owned(), ProblemError::schema());
    if let Some(RefOr::T(Schema::Object(problem))) = components.schemas.get_mut("Problem") {
        problem.description = Some(problems_in_words());
    }
    document.security = Some(vec![SecurityRequirement::new::<_, [&str; 0], &str>(SCHEME, [])]);
    for item in document.paths.paths.values_mut() {
        for operation in [&mut item.get, &mut item.post].into_iter().flatten() {
            complete(operation);
        }
    }
    document
}

const INTRODUCTION: &str = "Asking for decisions: XACML 3.0 requests in XML or JSON (REST Profile 1.1), and the use of a key \
in plain JSON. Readers tolerate members that they don't know.";

fn problems_in_words() -> String {
    let kinds = PROBLEM_KINDS.iter().map(|kind| format!("- `{}` ({}): {}", kind.code, kind.status, kind.meaning));
    let kinds = kinds.collect::<Vec<_>>().join("\n");
    format!("What goes wrong (RFC 9457). `type` is `urn:argus:problem:` and one of these:\n\n{kinds}")
}

fn complete(operation: &mut Operation) {
    for response in operation.responses.responses.values_mut() {
        if let RefOr::T(response) = response {
            response.headers.insert("X-Request-ID".to_owned(), RefOr::T(request_id()));
        }
    }
    let mut codes = own_codes(operation);
    if operation.security.is_none() {
        codes.extend(OF_ALL);
    }
    if operation.request_body.is_some() {
        codes.extend(OF_QUESTIONS);
    }
    let kinds: Vec<&ProblemKind> = PROBLEM_KINDS.iter().filter(|kind| codes.contains(&kind.code)).collect();
    let mut by_status: BTreeMap<u16, Vec<&ProblemKind>> = BTreeMap::new();
    for kind in &kinds {
        by_status.entry(kind.status).or_default().push(kind);
    }
    for (status, kinds) in by_status {
        operation.responses.responses.insert(status.to_string(), RefOr::T(answer(&kinds)));
    }
    let extensions = operation.extensions.get_or_insert_default();
    if kinds.is_empty() {
        extensions.remove(PROBLEMS);
    } else {
        extensions.insert(PROBLEMS.to_owned(), json!(kinds.iter().map(|kind| kind.code).collect::<Vec<_>>()));
    }
}

fn own_codes(operation: &Operation) -> Vec<&'static str> {
    let named = operation.extensions.as_ref().and_then(|extensions| extensions.get(PROBLEMS));
    let named: Vec<&str> = named.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
    PROBLEM_KINDS.iter().map(|kind| kind.code).filter(|code| named.contains(code)).collect()
}

fn answer(kinds: &[&ProblemKind]) -> Response {
    let lines: Vec<String> = kinds.iter().map(|kind| format!("`{}`: {}", kind.code, kind.title)).collect();
    let problem = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
    ResponseBuilder::new()
        .description(lines.join("; "))
        .content("application/problem+json", problem)
        .header("X-Request-ID", request_id())
        .build()
}

fn request_id() -> utoipa::openapi::Header {
    let text = ObjectBuilder::new().schema_type(Type::String);
    HeaderBuilder::new().schema(Some(text)).description(Some("The id of this request.")).build()
}
