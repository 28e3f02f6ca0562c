//! The core library of XPath 1.0, at its edges.

use super::{RECORD, holds};

#[test]
fn each_function_gives_what_the_recommendation_says() {
    for condition in [
        "substring('12345', 2, 3) = '234'",
        "substring('12345', 1.5, 2.6) = '234'",
        "substring('12345', 0, 3) = '12'",
        "substring('12345', 0 div 0, 3) = ''",
        "substring('12345', -42, 1 div 0) = '12345'",
        "substring('12345', -1 div 0, 1 div 0) = ''",
        "substring('aéb', 2) = 'éb'",
        "substring-before('1999/04/01', '/') = '1999'",
        "substring-after('1999/04/01', '/') = '04/01'",
        "substring-after('1999', '/') = ''",
        "string-length('é') = 1",
        "normalize-space('  a \t b ') = 'a b'",
        "translate('--aaa--', 'abc-', 'ABC') = 'AAA'",
        "translate('bar', 'aa', 'xy') = 'bxr'",
        "concat('a', 1, true()) = 'a1true'",
        "contains('abc', 'b') and not(contains('abc', 'd')) and contains('a', '')",
        "starts-with('abc', 'ab')",
        "round(2.5) = 3 and round(-2.5) = -2 and round(0.49999999999999994) = 0",
        "string(round(0 div 0)) = 'NaN' and round(1 div 0) = 1 div 0",
        "floor(-1.5) = -2 and ceiling(-1.5) = -1",
        "string(-0) = '0' and string(1.0) = '1' and string(0.1) = '0.1' and string(1000000000000000000000) = '1000000000000000000000'",
        "string(1 div 0) = 'Infinity' and string(-1 div 0) = '-Infinity'",
        "number(' -12.50 ') = -12.5 and number('.5') = 0.5 and number('5.') = 5",
        "string(number('1e3')) = 'NaN' and string(number('+1')) = 'NaN' and string(number('')) = 'NaN' and string(number('.')) = 'NaN'",
        "number(true()) = 1",
        "boolean('false') and not(boolean('')) and not(boolean(0)) and not(0 div 0)",
        "5 mod 2 = 1 and 5 mod -2 = 1 and -5 mod 2 = -1 and 1.5 mod 0.5 = 0",
        "sum(//m:number) = 112",
        "count(//m:number | //m:number[1]) = 3",
        "name() = 'md:record' and local-name() = 'record' and namespace-uri() = 'urn:md'",
        "name(//plain) = 'plain' and namespace-uri(//plain) = '' and name(//comment()) = ''",
        "name(//processing-instruction()) = 'stamp' and name(//@x:kind) = 'xsi:kind'",
        "string(//m:patient) = 'Ann17'",
        "//plain[lang('en')] and //plain[lang('EN-gb')] and not(//plain[lang('e')]) and not(lang('en'))",
        "//plain/text()[lang('en')]",
        "--1 = 1 and - - -1 = -1 and --'2' = 2",
    ] {
        assert!(holds(RECORD, condition), "{condition}");
    }
}
