//! Entity tags in requests and answers (RFC 9110 §8.8.3, §13.1): what a client has already, and what a writer has seen.

use actix_web::http::StatusCode;
use actix_web::http::header::{self, ContentType, HeaderName};
use actix_web::{HttpRequest, HttpResponse};
use argus_admin::{Place, Seen, Tagged, entity_tag};
use serde::Serialize;

use crate::Problem;

/// The answer that shows a thing.
pub(crate) fn show<T: Serialize + Tagged>(request: &HttpRequest, thing: &T) -> Result<HttpResponse, Problem> {
    shown(request, Some(thing.generation()), written(thing)?, ContentType::json())
}

/// The answer that shows what a thing has become.
pub(crate) fn changed<T: Serialize + Tagged>(thing: &T) -> HttpResponse {
    HttpResponse::Ok().insert_header((header::ETAG, thing.entity_tag())).json(thing)
}

/// The answer to a GET: 304 without a body where the client has it already (RFC 9110 §13.1.2).
pub(crate) fn shown(
    request: &HttpRequest,
    generation: Option<i64>,
    body: String,
    kind: ContentType,
) -> Result<HttpResponse, Problem> {
    let tag = entity_tag(generation, &body);
    let known = tags(request, &header::IF_NONE_MATCH)?.unwrap_or_default();
    let is_known = known.iter().any(|known| known.fits_weakly(&tag));
    let mut answer = HttpResponse::build(if is_known { StatusCode::NOT_MODIFIED } else { StatusCode::OK });
    // Whoever keeps it asks before he believes it.
    answer.insert_header((header::ETAG, tag)).insert_header((header::CACHE_CONTROL, "private, no-cache"));
    Ok(if is_known { answer.finish() } else { answer.insert_header(kind).body(body) })
}

/// What a writer says he has seen. Without it he would undo what he doesn't know of (RFC 6585 §3).
pub(crate) fn seen(request: &HttpRequest) -> Result<Seen, Problem> {
    let tags = tags(request, &header::IF_MATCH)?.ok_or_else(Problem::if_match_required)?;
    if tags.iter().any(|tag| matches!(tag, Tag::Any)) {
        return Ok(Seen::Any);
    }
    // A weak tag never matches strongly (RFC 9110 §13.1.1), and neither does one that is none of ours.
    let generations = tags.iter().filter_map(|tag| match tag {
        Tag::Strong(text) => text.split('-').next()?.parse().ok(),
        _ => None,
    });
    Ok(Seen::Generations(generations.collect()))
}

/// The body that a thing is shown as.
pub(crate) fn written<T: Serialize>(thing: &T) -> Result<String, Problem> {
    serde_json::to_string(thing).map_err(|_| Problem::internal())
}

/// An entry of `If-Match` or `If-None-Match`.
#[derive(Debug, PartialEq, Eq)]
enum Tag {
    Any,
    Strong(String),
    Weak(String),
}

impl Tag {
    fn fits_weakly(&self, current: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Strong(text) | Self::Weak(text) => current.trim_matches('"') == text,
        }
    }
}

/// The tags of a header, over all of its lines; `None` where it isn't there.
fn tags(request: &HttpRequest, name: &HeaderName) -> Result<Option<Vec<Tag>>, Problem> {
    let lines: Vec<_> = request.headers().get_all(name).collect();
    if lines.is_empty() {
        return Ok(None);
    }
    let malformed =
        || Problem::invalid_header(name, "it is neither `*` nor a list of entity tags such as `\"7-0a1b\"`");
    let mut tags = Vec::new();
    for line in lines {
        let line = line.to_str().map_err(|_| malformed())?;
        read(line, &mut tags).ok_or_else(malformed)?;
    }
    if tags.is_empty() { Err(malformed()) } else { Ok(Some(tags)) }
}

/// RFC 9110 §5.6.1 and §8.8.3: empty entries are passed over, a tag may hold commas.
fn read(line: &str, tags: &mut Vec<Tag>) -> Option<()> {
    let mut rest = line.trim();
    while !rest.is_empty() {
        if let Some(after) = rest.strip_prefix(',') {
            rest = after.trim_start();
            continue;
        }
        if let Some(after) = rest.strip_prefix('*') {
            tags.push(Tag::Any);
            rest = after.trim_start();
        } else {
            let (is_weak, quoted) = rest.strip_prefix("W/").map_or((false, rest), |quoted| (true, quoted));
            let (text, after) = quoted.strip_prefix('"')?.split_once('"')?;
            tags.push(if is_weak { Tag::Weak(text.to_owned()) } else { Tag::Strong(text.to_owned()) });
            rest = after.trim_start();
        }
        if !rest.is_empty() && !rest.starts_with(',') {
            return None;
        }
    }
    Some(())
}

impl Problem {
    /// A header that has to have another form.
    pub(crate) fn invalid_header(name: &HeaderName, detail: &str) -> Self {
        let place = Place::Header(canonical(name));
        Self::from(argus_admin::AdminError::of_place(place, format!("`{}`: {detail}", canonical(name))))
    }
}

/// A header's name as people write it.
fn canonical(name: &HeaderName) -> String {
    let words = name.as_str().split('-').map(|word| {
        let (first, rest) = word.split_at_checked(1).unwrap_or((word, ""));
        format!("{}{rest}", first.to_uppercase())
    });
    words.collect::<Vec<_>>().join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(line: &str) -> Option<Vec<Tag>> {
        let mut tags = Vec::new();
        read(line, &mut tags).map(|()| tags)
    }

    #[test]
    fn entity_tags_are_read_as_the_standard_writes_them() {
        let strong = |text: &str| Tag::Strong(text.to_owned());
        assert_eq!(all("\"7-0a\""), Some(vec![strong("7-0a")]));
        assert_eq!(all(" W/\"x\" ,, \"a,b\""), Some(vec![Tag::Weak("x".to_owned()), strong("a,b")]));
        assert_eq!((all("*"), all("")), (Some(vec![Tag::Any]), Some(Vec::new())));
        for wrong in ["7", "\"7", "\"a\" \"b\"", "w/\"a\"", "*x"] {
            assert_eq!(all(wrong), None, "{wrong}");
        }
    }
}
