-- SPDX-License-Identifier: Apache-2.0
-- answer: what is hashed and compared of an answer to a verification question: width, case and spaces around it do not matter.
return function(typed)
    return text.trim(text.normalize(string.lower(typed)))
end
