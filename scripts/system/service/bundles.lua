-- SPDX-License-Identifier: Apache-2.0
-- bundles: the business rules of all times, kept in the store: a bundle is its hash, a file's text its SHA-256. What a release
-- ships is taken in at the first start and whenever it is new.
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
    local row = store.get("source", sum) or fail("E_NOT_FOUND", "没有这个文件的内容")
    return row.text
end

-- bundles.files(hash) -> { name = text } of a kept bundle. E_NOT_FOUND.
function bundles.files(hash)
    local row = store.get("bundle", hash) or fail("E_NOT_FOUND", "没有这个版本的业务规则")
    local files = {}
    for name, sum in pairs(row.files) do
        files[name] = bundles.text(sum)
    end
    return files
end

-- Has it loaded, so that rules can be asked of it.
function bundles.ensure(hash)
    if not bundle.known(hash) then
        bundle.add(hash, bundles.files(hash))
    end
    return hash
end

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

-- Whether a case follows it.
local function is_followed(hash)
    return store.list("case", { index = "bundle", equal = { hash }, limit = 1, keys_only = true }).rows[1] ~= nil
end

-- The bundles that cases follow, newest first; a hall has some dozens.
local function load_followed()
    local after
    repeat
        local found = store.list("bundle", { index = "at", descending = true, limit = 100, after = after })
        for _, one in ipairs(found.rows) do
            if is_followed(one.key) then
                bundles.ensure(one.key)
            end
        end
        after = found.after
    until not found.more
end

-- At the start of the hall.
function bundles.start()
    take_shipped()
    local row = store.get("setting", "live")
    bundle.go_live(bundles.ensure(row.hash), row.over)
    load_followed()
end

return bundles
