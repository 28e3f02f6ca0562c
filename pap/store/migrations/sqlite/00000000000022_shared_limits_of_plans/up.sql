-- Of the limits that keys share a plan has a maximum, too. A node of an older version doesn't know the word and refuses acts
-- by this plan until it is replaced: keys go on meanwhile.
UPDATE plans SET maxima = json_set(maxima, '$.max_shared_limits', 10) WHERE name = 'professional';
