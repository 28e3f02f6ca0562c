//! An expected response from a file, compared with the answer.

use argus_engine::response::Response;
use argus_engine::wire::answer::{Answer, Difference};

use super::mismatch::Mismatch;

/// Compares an answer with the bytes of a response file, in XML or JSON.
///
/// # Errors
/// Where they hold no response.
pub(super) fn compare(expected: &[u8], response: &Response<'_>) -> Result<Vec<Mismatch>, String> {
    let expected = Answer::read(expected).map_err(|error| error.message)?;
    let several = expected.results.len() > 1;
    let mut mismatches: Vec<Mismatch> = Vec::new();
    for difference in Answer::from(response).differences(&expected) {
        let Difference { result, part, expected, got } = difference;
        let what = match result {
            Some(number) if several => format!("{part} {number}"),
            _ => part.to_owned(),
        };
        if let (Some(expected), Some(got)) = (&expected, &got) {
            mismatches.push(Mismatch::of(what, expected, got));
            continue;
        }
        // What is lost and what is surplus of one set stands together.
        match mismatches.iter_mut().find(|one| one.is_set && one.what == what) {
            Some(same) => {
                same.expected.extend(expected);
                same.got.extend(got);
            }
            None => mismatches.push(Mismatch::of_sets(what, expected.into_iter().collect(), got.into_iter().collect())),
        }
    }
    Ok(mismatches)
}
