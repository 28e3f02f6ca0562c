//! Media types: what a request comes in, and what an answer may go out in.

use actix_web::HttpRequest;
use actix_web::http::header::{ACCEPT, CONTENT_TYPE, HeaderValue};
use argus_engine::wire::Format;
use argus_http::negotiate;

use super::problem::Problem;

/// A media type that requests and answers may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Media {
    /// Its name, without parameters.
    pub(crate) name: &'static str,
    /// What is written in it.
    pub(crate) format: Format,
}

/// The media types of requests and answers, XML's and JSON's own first (REST Profile 1.1, RFC 7061).
pub(crate) static MEDIA: [Media; 5] = [
    Media { name: "application/xacml+json", format: Format::Json },
    Media { name: "application/json", format: Format::Json },
    Media { name: "application/xacml+xml", format: Format::Xml },
    Media { name: "application/xml", format: Format::Xml },
    Media { name: "text/xml", format: Format::Xml },
];

/// The media type that a `Content-Type` names; `None` where it is none of ours, or another version or charset of it.
pub(crate) fn of_content(content_type: &str) -> Option<&'static Media> {
    // What nearly all send, without a look at parameters.
    if let Some(exact) = MEDIA.iter().find(|media| media.name == content_type) {
        return Some(exact);
    }
    let mut parts = content_type.split(';');
    let name = parts.next()?.trim();
    let media = MEDIA.iter().find(|media| media.name.eq_ignore_ascii_case(name))?;
    parts.all(|parameter| is_understood(parameter, media)).then_some(media)
}

/// Refuses a request whose body is no JSON, or whose answer may not be.
pub(crate) fn check_json(request: &HttpRequest) -> Result<(), Problem> {
    let content = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    if !content.is_some_and(is_json) {
        return Err(Problem::unsupported_media_type("application/json"));
    }
    let mut accept = request.headers().get_all(ACCEPT);
    let is_ours = |wish: &HeaderValue| wish == "application/json" || wish == "*/*";
    // What nearly every client says, and no list has to be made of.
    if accept.next().is_some_and(|first| !is_ours(first) || accept.next().is_some()) {
        let wishes: Vec<_> = request.headers().get_all(ACCEPT).filter_map(|value| value.to_str().ok()).collect();
        negotiate(&wishes.iter().copied(), &["application/json"])
            .ok_or_else(|| Problem::not_acceptable("application/json"))?;
    }
    Ok(())
}

/// Whether a media type is JSON in UTF-8.
fn is_json(content_type: &str) -> bool {
    of_content(content_type).is_some_and(|media| media.name == "application/json")
}

fn is_understood(parameter: &str, media: &Media) -> bool {
    let Some((name, value)) = parameter.split_once('=') else { return parameter.trim().is_empty() };
    let value = value.trim().trim_matches('"');
    if name.trim().eq_ignore_ascii_case("charset") {
        return value.eq_ignore_ascii_case("utf-8") || value.eq_ignore_ascii_case("us-ascii");
    }
    !(name.trim().eq_ignore_ascii_case("version") && media.format == Format::Xml) || value == "3.0"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_media_type_is_known_whatever_its_case_and_harmless_parameters() {
        for (text, name) in [
            ("application/xacml+json", "application/xacml+json"),
            ("Application/JSON; Charset=UTF-8", "application/json"),
            ("application/xacml+xml; version=3.0", "application/xacml+xml"),
            ("text/xml;charset=\"utf-8\"", "text/xml"),
            ("application/json;", "application/json"),
        ] {
            assert_eq!(of_content(text).map(|media| media.name), Some(name), "{text}");
        }
    }

    #[test]
    fn another_version_or_charset_is_another_media_type() {
        for text in ["application/xacml+xml; version=2.0", "text/xml; charset=utf-16", "text/plain", "", "json"] {
            assert_eq!(of_content(text), None, "{text}");
        }
    }
}
