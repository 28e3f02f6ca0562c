//! What each code means, for people: written once, read by rustdoc and by `argus check --explain CODE`.

/// What a code refuses or warns of, with an example of the fault and one of the remedy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Explanation {
    /// The code.
    pub code: &'static str,
    /// What is refused.
    pub refuses: &'static str,
    /// Why.
    pub because: &'static str,
    /// A document, or a part of one, that raises the code.
    pub example: &'static str,
    /// The same, mended.
    pub instead: &'static str,
}

/// Writes the code, its explanation, and the explanation's documentation from one text.
macro_rules! explanation {
    ($code:literal, refuses: $refuses:literal, because: $because:literal, example: $example:literal, instead: $instead:literal $(,)?) => {
        pub(crate) const CODE: &str = $code;

        #[doc = concat!(
                            "# Refuses\n", $refuses, "\n\n# Because\n", $because,
                            "\n\n# Example\n```xml\n", $example, "\n```\n\n# Instead\n```xml\n", $instead, "\n```"
                        )]
        pub(crate) const EXPLANATION: crate::check::Explanation = crate::check::Explanation {
            code: CODE,
            refuses: $refuses,
            because: $because,
            example: $example,
            instead: $instead,
        };
    };
}

pub(crate) use explanation;

/// Every code that a check can raise, in alphabetical order.
pub fn explanations() -> &'static [Explanation] {
    super::problem::ALL
}

/// The explanation of a code.
pub fn explain(code: &str) -> Option<&'static Explanation> {
    explanations().iter().find(|explanation| explanation.code == code)
}
