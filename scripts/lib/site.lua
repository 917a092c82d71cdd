-- SPDX-License-Identifier: Apache-2.0
-- site: names, phones and links that every page shows. One place asks for them, so that the rules of the business can
-- hold them.
local sample = use "system/page/site_sample"

local site = {}

function site.get()
    return sample
end

return site
