-- SPDX-License-Identifier: Apache-2.0
-- bundles: the business rules of all times, kept in the store: a bundle is its hash, a file's text its SHA-256. What a release
-- ships is taken in at the first start and whenever it is new.
local rules = use "lib/business/rules"

local bundles = {}

local function sorted_names(files)
    local names = {}
    for name in pairs(files) do
        names[#names + 1] = name
    end
    table.sort(names)
    return names
end

-- bundles.hash{ name = text } -> the hash of a bundle, as bundle.shipped() makes it: lengths and texts in the order of names.
function bundles.hash(files)
    local parts = {}
    for _, name in ipairs(sorted_names(files)) do
        parts[#parts + 1] = string.pack("<s8s8", name, files[name])
    end
    return crypto.sha256(table.concat(parts))
end

-- bundles.keep(tx, files, { author, reason, origin = "shipped" | "editor" | "import", parent }) -> hash; a known one stays as it is
function bundles.keep(tx, files, about)
    local hash = bundles.hash(files)
    if tx:get("bundle", hash) then
        return hash
    end
    local row = { files = {}, at = tx:now(), author = about.author or "", reason = about.reason or "", origin = about.origin,
        parent = about.parent or "" }
    for name, body in pairs(files) do
        local sum = crypto.sha256(body)
        row.files[name] = sum
        if not tx:get("source", sum) then
            tx:put("source", sum, { text = body })
        end
    end
    tx:put("bundle", hash, row)
    tx:append("audit", hash, { event = "bundle.kept", origin = about.origin, by = about.author or "" })
    return hash
end

-- bundles.text(sum) -> the text of a file
function bundles.text(sum)
    local row = store.lasting("source", sum) or fail("E_NOT_FOUND", "没有这个文件的内容")
    return row.text
end

-- bundles.row(hash) -> { files = { name = sum }, at, author, reason, origin, parent } or nil
function bundles.row(hash)
    return store.lasting("bundle", hash)
end

-- bundles.files(hash) -> { name = text } of a kept bundle. E_NOT_FOUND.
function bundles.files(hash)
    local row = bundles.row(hash) or fail("E_NOT_FOUND", "没有这个版本的业务规则")
    local files = {}
    for name, sum in pairs(row.files) do
        files[name] = bundles.text(sum)
    end
    return files
end

-- Has it loaded, so that rules can be asked of it; at any time, also inside a transaction.
function bundles.ensure(hash)
    if not bundle.known(hash) then
        bundle.add(hash, bundles.files(hash))
    end
    return hash
end

rules.fetch_by(bundles.ensure)

local function shipped_files()
    local hash, files = bundle.shipped(), {}
    for _, name in ipairs(bundle.files(hash)) do
        files[name] = bundle.source(hash, name)
    end
    return files, hash
end

-- bundles.pin(tx, hash) -> hash: a case will follow it, so it must be there for ever.
function bundles.pin(tx, hash)
    if not tx:get("bundle", hash) then
        bundles.keep(tx, (shipped_files()), { origin = "shipped", reason = "随程序发布" })
    end
    return hash
end

-- What the release ships is kept; the first one of all becomes the live one.
local function take_shipped()
    local files, hash = shipped_files()
    if store.get("bundle", hash) and store.get("setting", "live") then
        return
    end
    store.tx(function(tx)
        bundles.keep(tx, files, { origin = "shipped", reason = "随程序发布" })
        if not tx:get("setting", "live") then
            tx:put("setting", "live", { hash = hash, since = tx:now(), over = hash })
        end
    end)
end

-- At the start of the hall. The bundles that cases follow are brought when a case is looked at.
function bundles.start()
    take_shipped()
    local row = store.get("setting", "live")
    bundle.go_live(bundles.ensure(row.hash), row.over)
end

return bundles
