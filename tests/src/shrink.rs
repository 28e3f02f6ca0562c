//! Makes a failing policy and request small: whatever can go without the failure going is taken out.
//!
//! For the texts of [`generate`](crate::generate) alone: no comments, no CDATA, no `>` within attributes.

/// The smallest policy and request found for which `fails` holds, which it must for those given.
pub fn shrink(policy: &str, request: &str, fails: impl Fn(&str, &str) -> bool) -> (String, String) {
    let (mut policy, mut request) = (policy.to_owned(), request.to_owned());
    loop {
        let smaller_policy = candidates(&policy).find(|candidate| fails(candidate, &request));
        if let Some(smaller) = smaller_policy {
            policy = smaller;
            continue;
        }
        let smaller_request = without_attributes(&request).find(|candidate| fails(&policy, candidate));
        match smaller_request {
            Some(smaller) => request = smaller,
            None => return (policy, request),
        }
    }
}

/// Each policy within the document as a document of its own, then the document without each of its elements, the large
/// ones first, then each element with the first of its children in its place.
fn candidates(document: &str) -> impl Iterator<Item = String> {
    let mut elements = elements(document);
    elements.sort_by_key(|(start, end)| std::cmp::Reverse(end - start));
    let (namespace_start, _) = document.split_at(document.find(" Policy").unwrap_or(0));
    let namespace = namespace_start.split_once(' ').map(|(_, namespace)| namespace.to_owned()).unwrap_or_default();
    let alone = elements.clone().into_iter().skip(1).filter_map({
        let document = document.to_owned();
        move |(start, end)| {
            let element = &document[start..end];
            let is_policy = element.starts_with("<Policy ") || element.starts_with("<PolicySet ");
            let (tag, rest) = element.split_once(' ').filter(|_| is_policy)?;
            Some(format!("{tag} {namespace} {rest}"))
        }
    });
    let without = elements.clone().into_iter().skip(1).map({
        let document = document.to_owned();
        move |(start, end)| [&document[..start], &document[end..]].concat()
    });
    let lifted = elements.clone().into_iter().skip(1).flat_map({
        let document = document.to_owned();
        move |(start, end)| {
            let within: Vec<_> = elements.iter().filter(|(s, e)| start < *s && *e < end).copied().collect();
            let document = document.clone();
            within.into_iter().map(move |(s, e)| [&document[..start], &document[s..e], &document[end..]].concat())
        }
    });
    alone.chain(without).chain(lifted)
}

/// Where each element begins and ends, in document order; of a broken document, those before the break.
pub fn elements(document: &str) -> Vec<(usize, usize)> {
    let (mut found, mut open) = (Vec::new(), Vec::new());
    let mut at = 0;
    while let Some(start) = document[at..].find('<').map(|offset| at + offset) {
        let Some(end) = document[start..].find('>').map(|offset| start + offset + 1) else { break };
        let tag = &document[start..end];
        if tag.starts_with("</") {
            let Some(place): Option<usize> = open.pop() else { break };
            let (begun, _) = found[place];
            found[place] = (begun, end);
        } else {
            if !tag.ends_with("/>") {
                open.push(found.len());
            }
            found.push((start, end));
        }
        at = end;
    }
    found
}

/// The request without each of its attributes.
fn without_attributes(request: &str) -> impl Iterator<Item = String> {
    let starts: Vec<usize> = request.match_indices("{\"AttributeId\"").map(|(start, _)| start).collect();
    let request = request.to_owned();
    starts.into_iter().map(move |start| {
        let end = start + request[start..].find('}').unwrap() + 1;
        let (before, after) = (&request[..start], &request[end..]);
        match after.strip_prefix(',') {
            Some(after) => [before, after].concat(),
            None => [before.strip_suffix(',').unwrap_or(before), after].concat(),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::shrink;

    #[test]
    fn what_does_not_matter_goes() {
        let policy = "<PolicySet xmlns=\"n\" PolicySetId=\"s\"><Target/><Policy PolicyId=\"p\"><Target/><Rule><Not>x</Not></Rule>\
                      <Rule><Good/></Rule></Policy></PolicySet>";
        let request = "[{\"AttributeId\":\"a\"},{\"AttributeId\":\"b\"}]";
        let (policy, request) =
            shrink(policy, request, |policy, request| policy.contains("<Good/>") && request.contains("\"b\""));
        assert_eq!(policy, "<Policy xmlns=\"n\" PolicyId=\"p\"><Good/></Policy>");
        assert_eq!(request, "[{\"AttributeId\":\"b\"}]");
    }
}
