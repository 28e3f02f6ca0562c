//! The description of this API (OpenAPI 3.1), made of the code. The doors say what is their own; what the contract says of
//! all of them is added here: who calls, what can go wrong, the headers of requests and answers, the parameters of pages.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde_json::{Value, json};
use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::path::{Operation, Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{ContentBuilder, OpenApi, Ref, RefOr, Required, ResponseBuilder, ServerBuilder};
use utoipa::{OpenApi as _, PartialSchema as _, ToSchema};

use crate::negotiation::offers;
use crate::oauth::OauthError;
use crate::problem::{self, Kind};
use crate::routes::Document;

/// The description.
pub fn document() -> OpenApi {
    let mut document = Document::openapi();
    add_contract(&mut document);
    document
}

/// The description as it is served and kept: JSON, indented.
pub fn text() -> &'static str {
    static TEXT: LazyLock<String> =
        LazyLock::new(|| document().to_pretty_json().map(|text| text + "\n").unwrap_or_default());
    &TEXT
}

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
    /// All that is wrong with what was sent.
    errors: Option<Vec<ProblemError>>,
    /// The scope that would have sufficed.
    needed_scope: Option<String>,
    /// The plan that has no room.
    plan: Option<String>,
    /// What there is enough of: a member of the plan's `maxima`, or a feature that it lacks.
    maximum: Option<String>,
    /// How much there may be.
    most: Option<u64>,
    /// The key that an answer held the secret of.
    key_id: Option<String>,
    /// The webhook that it held the secret of.
    contact_id: Option<String>,
}

/// One thing that is wrong with what was sent. It stands in the body, the query or a header.
#[derive(ToSchema)]
#[expect(dead_code, reason = "described, and written by `Problem`")]
struct ProblemError {
    /// Where in the body: a JSON Pointer (RFC 6901).
    pointer: Option<String>,
    /// Which parameter of the query.
    parameter: Option<String>,
    /// Which header.
    header: Option<String>,
    /// What a program tells it apart by, such as `scope-too-wide`.
    code: String,
    /// What is wrong.
    detail: String,
    /// What to do.
    help: Option<String>,
}

const SCHEME: &str = "key";

/// What is another thing each time, and so has no tag.
const UNTAGGED: [&str; 2] = ["/healthz", "/metrics"];

/// Where an operation names the problems that are its own; all of them afterwards.
const PROBLEMS: &str = "x-problems";

/// Adds what the contract says of all doors.
fn add_contract(document: &mut OpenApi) {
    "Argus: administration".clone_into(&mut document.info.title);
    document.info.description = Some(INTRODUCTION.to_owned());
    document.info.contact = None;
    let here = ServerBuilder::new().url("/").description(Some("Where this description is served."));
    document.servers = Some(vec![here.build()]);
    let components = document.components.get_or_insert_default();
    let bearer = Http::builder().scheme(HttpAuthScheme::Bearer).bearer_format("argus_…");
    let bearer = bearer.description(Some("An API key, in the header and nowhere else (RFC 6750)."));
    components.add_security_scheme(SCHEME, SecurityScheme::Http(bearer.build()));
    for (name, schema) in [
        (ProblemBody::name(), ProblemBody::schema()),
        (ProblemError::name(), ProblemError::schema()),
        (OauthError::name(), OauthError::schema()),
    ] {
        components.schemas.insert(name.into_owned(), schema);
    }
    if let Some(RefOr::T(Schema::Object(problem))) = components.schemas.get_mut("Problem") {
        problem.description = Some(problems_in_words());
    }
    document.security = Some(vec![SecurityRequirement::new::<_, [&str; 0], &str>(SCHEME, [])]);
    for (path, item) in &mut document.paths.paths {
        let doors = [("GET", &mut item.get), ("POST", &mut item.post), ("PATCH", &mut item.patch)];
        for (method, operation) in doors {
            if let Some(operation) = operation {
                complete(&Call { method, path }, operation);
            }
        }
    }
}

/// Every kind of problem, as the description of what goes wrong has it.
fn problems_in_words() -> String {
    let kinds = problem::KINDS.iter().map(|kind| format!("- `{}` ({}): {}", kind.code, kind.status, kind.meaning));
    format!(
        "What goes wrong (RFC 9457). `type` is `urn:argus:problem:` and one of these:\n\n{}",
        kinds.collect::<Vec<_>>().join("\n")
    )
}

const INTRODUCTION: &str = "Organisations, projects, API keys and what happens to them.\n\n\
Times are RFC 3339 in UTC, in a query a date as well, which is its beginning; fields whose names end in `_seconds` are \
whole seconds. Words of a closed list are in lower_snake_case, and readers tolerate words that they don't know. Unknown \
members of a body are refused. `/v1` only grows; what goes is announced by `Deprecation` (RFC 9745) and `Sunset` (RFC 8594).";

/// A door, as far as the contract depends on it.
struct Call<'a> {
    method: &'static str,
    path: &'a str,
}

fn complete(call: &Call<'_>, operation: &mut Operation) {
    let is_public = operation.security.is_some();
    let is_list = operation.operation_id.as_deref().is_some_and(|id| id.starts_with("list_"));
    let mut parameters = Vec::new();
    if is_list {
        parameters.extend([limit(), cursor()]);
    }
    match call.method {
        "GET" => {
            parameters.push(header("If-None-Match", "A tag that the caller has seen: 304 where it is still right."));
        }
        "PATCH" => {
            let mut seen = header("If-Match", SEEN);
            seen.required = Required::True;
            parameters.push(seen);
        }
        _ if call.path.starts_with("/v1/") => parameters.push(header("Idempotency-Key", IDEMPOTENCY)),
        _ => {}
    }
    operation.parameters.get_or_insert_default().extend(parameters.into_iter().map(RefOr::T));
    if call.method == "GET" && !UNTAGGED.contains(&call.path) {
        let unchanged = ResponseBuilder::new().description("The caller has it already.").build();
        operation.responses.responses.insert("304".to_owned(), RefOr::T(unchanged));
    }
    admit_no_body(operation);
    describe_answers(call, is_list, operation);
    // Those have a form of their own for what goes wrong, but where it is the form that nobody wants.
    if !call.path.starts_with("/oauth/") {
        describe_problems(call, is_public, is_list, operation);
    } else if offers(call.path).is_some() {
        let problem = answer(&[&problem::NOT_ACCEPTABLE]);
        operation.responses.responses.insert("406".to_owned(), RefOr::T(problem));
    }
}

const SEEN: &str = "The tag of the state that is to be changed, from `ETag`, or `*` for whatever is there. Without it: \
428; of an older state: 412.";

const IDEMPOTENCY: &str = "Makes a repetition of this request harmless, for 24 hours: 1 to 255 characters of ASCII, of the \
caller's choice. The same body is answered as before, with `Idempotent-Replayed: true`; an answer that held a secret is \
not repeated (409 `secret-already-shown`).";

/// A body that may be left out is one that may be left out, not one that is `null`.
fn admit_no_body(operation: &mut Operation) {
    let Some(RefOr::T(body)) = &mut operation.request_body else { return };
    for content in body.content.values_mut() {
        let RefOr::T(content) = content else { continue };
        let Some(RefOr::T(Schema::OneOf(either))) = &content.schema else { continue };
        if let Some(schema @ RefOr::Ref(_)) = either.items.first().cloned() {
            content.schema = Some(schema);
            body.required = Some(Required::False);
        }
    }
}

fn describe_answers(call: &Call<'_>, is_list: bool, operation: &mut Operation) {
    for (status, response) in &mut operation.responses.responses {
        let RefOr::T(response) = response else { continue };
        let mut add = |name: &str, about: &str| {
            let text = ObjectBuilder::new().schema_type(Type::String);
            let header = HeaderBuilder::new().schema(Some(text)).description(Some(about)).build();
            response.headers.insert(name.to_owned(), RefOr::T(header));
        };
        add("X-Request-ID", "The id of this request.");
        if matches!(call.method, "GET" | "PATCH") && !UNTAGGED.contains(&call.path) {
            add("ETag", "The tag of what is shown.");
        }
        if status == "201" {
            add("Location", "Where it is from now on.");
            add("ETag", "The tag of what was made.");
        }
        if is_list && status == "200" {
            add("Link", "The next page, as `rel=\"next\"` (RFC 8288).");
        }
        if call.method == "POST" && call.path.starts_with("/v1/") {
            add("Idempotent-Replayed", "`true` where the answer is that of an earlier request.");
        }
    }
}

/// Adds an answer for each status that a problem comes with, and the codes that it may have.
fn describe_problems(call: &Call<'_>, is_public: bool, is_list: bool, operation: &mut Operation) {
    let mut codes = own_codes(operation);
    if !is_public {
        codes.extend(problem::OF_ALL);
    }
    if operation.request_body.is_some() {
        codes.extend(problem::OF_BODIES);
    }
    if offers(call.path).is_some() {
        codes.push("not-acceptable");
    }
    if is_list || operation.request_body.is_some() || !is_public {
        codes.push("invalid-field");
    }
    if is_list {
        codes.push("unknown-field");
    }
    if call.path.contains('{') {
        codes.push("not-found");
    }
    match call.method {
        "PATCH" => codes.extend(problem::OF_CHANGES),
        "POST" if call.path.starts_with("/v1/") => codes.extend(problem::OF_REPETITIONS),
        _ => {}
    }
    let mut by_status: BTreeMap<u16, Vec<&'static Kind>> = BTreeMap::new();
    let kinds = problem::KINDS.iter().filter(|kind| codes.contains(&kind.code));
    let mut named = Vec::new();
    for kind in kinds {
        by_status.entry(kind.status).or_default().push(kind);
        named.push(kind.code);
    }
    for (status, kinds) in by_status {
        operation.responses.responses.insert(status.to_string(), RefOr::T(answer(&kinds)));
    }
    let extensions = operation.extensions.get_or_insert_default();
    if named.is_empty() {
        extensions.remove(PROBLEMS);
    } else {
        extensions.insert(PROBLEMS.to_owned(), json!(named));
    }
}

/// The codes that the door names itself.
fn own_codes(operation: &Operation) -> Vec<&'static str> {
    let named = operation.extensions.as_ref().and_then(|extensions| extensions.get(PROBLEMS));
    let named: Vec<&str> = named.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
    problem::KINDS.iter().map(|kind| kind.code).filter(|code| named.contains(code)).collect()
}

fn answer(kinds: &[&'static Kind]) -> utoipa::openapi::Response {
    let lines: Vec<String> = kinds.iter().map(|kind| format!("`{}`: {}", kind.code, kind.title)).collect();
    let problem = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
    let id = ObjectBuilder::new().schema_type(Type::String);
    let id = HeaderBuilder::new().schema(Some(id)).description(Some("The id of this request.")).build();
    ResponseBuilder::new()
        .description(lines.join("; "))
        .content("application/problem+json", problem)
        .header("X-Request-ID", id)
        .build()
}

fn header(name: &str, about: &str) -> Parameter {
    parameter(name, ParameterIn::Header, about, ObjectBuilder::new().schema_type(Type::String).into())
}

fn limit() -> Parameter {
    let schema = ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(1)).maximum(Some(200));
    parameter("limit", ParameterIn::Query, "How many items a page has.", schema.default(Some(json!(50))).into())
}

fn cursor() -> Parameter {
    let about = "Where to go on: `next_cursor` of the page before, with the same filter.";
    parameter("cursor", ParameterIn::Query, about, ObjectBuilder::new().schema_type(Type::String).into())
}

fn parameter(name: &str, place: ParameterIn, about: &str, schema: Schema) -> Parameter {
    ParameterBuilder::new()
        .name(name)
        .parameter_in(place)
        .description(Some(about))
        .required(Required::False)
        .schema(Some(schema))
        .build()
}
