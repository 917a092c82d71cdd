-- SPDX-License-Identifier: Apache-2.0
-- scan: what is said about a scan: why it is refused and what to do instead, and what is doubtful about one that is taken.
-- Pure. The words of refusal are those of the core's picture walker; limits and formats are the material's own.
local scan = {}

local MB = 1048576
local NAME_MAX = 60
local NAMES = { jpeg = "JPG", png = "PNG", bmp = "BMP" }
local TYPES = { jpeg = "image/jpeg", png = "image/png", bmp = "image/bmp" }
local ENDINGS = { jpeg = ".jpg", png = ".png", bmp = ".bmp" }

-- 2097152 -> "2 MB"
function scan.size_text(bytes)
    if bytes % MB == 0 then
        return string.format("%d MB", bytes // MB)
    end
    return html.helpers.bytes(bytes)
end

-- { "jpeg", "png", "bmp" } -> "JPG、PNG 或 BMP"
function scan.formats_text(formats)
    local names = {}
    for i, format in ipairs(formats) do
        names[i] = NAMES[format] or string.upper(format)
    end
    local last = table.remove(names)
    return #names > 0 and table.concat(names, "、") .. " 或 " .. last or last
end

-- For the accept attribute.
function scan.accept(formats)
    local types = {}
    for i, format in ipairs(formats) do
        types[i] = TYPES[format]
    end
    return table.concat(types, ",")
end

-- "JPG、PNG 或 BMP，不超过 2 MB", what stands beside the input
function scan.limits_text(material)
    local more = material.dpi and string.format("，按 %dDPI 扫描", material.dpi) or ""
    return scan.formats_text(material.formats) .. " 图片，不超过 " .. scan.size_text(material.limit) .. more
end

local refusals = {
    missing = function() return "请先选择图片文件，再上传" end,
    empty = function() return "选择的文件是空文件，请重新扫描或拍照后再上传" end,
    too_large = function(m)
        return "文件超过 " .. scan.size_text(m.limit) .. "，请" .. (m.dpi and string.format("按 %dDPI、灰度或彩色重新扫描成 JPG", m.dpi)
            or "降低扫描分辨率（100DPI 即可）或用手机拍照") .. "后再上传"
    end,
    too_many_pixels = function() return "图片的尺寸过大（超过 4000 万像素），请用较低的分辨率重新扫描" end,
    truncated = function() return "文件不完整，可能没有传完或保存时中断，请重新扫描或重新保存后再上传" end,
    broken = function() return "文件已损坏，无法作为图片打开，请重新扫描或重新保存后再上传" end,
    trailing = function() return "文件中夹带了图片以外的内容，请用看图软件打开后另存为新的图片，再上传" end,
    heic = function(m)
        return "这是手机拍摄的 HEIC 照片，暂不支持。请在手机的“设置、相机、格式”中选择“兼容性最佳”后重新拍照，或把照片另存为 "
            .. scan.formats_text(m.formats) .. " 后上传"
    end,
    pdf = function(m)
        return "这是 PDF 文件，暂不支持。请把扫描仪的保存格式改为 JPG 后重新扫描，或把 PDF 页面导出为 " .. scan.formats_text(m.formats) .. " 图片后上传"
    end,
    tiff = function(m)
        return "这是 TIFF 图片，暂不支持。请把扫描仪的保存格式改为 JPG，或用“画图”打开后另存为 " .. scan.formats_text(m.formats) .. " 再上传"
    end,
    office = function(m)
        return "这是 Word 文档或压缩包，不是图片。请打印、签章后扫描成 " .. scan.formats_text(m.formats) .. " 图片上传"
    end,
    unsupported = function(m)
        return "不支持这种图片。这项材料只接受 " .. scan.formats_text(m.formats) .. "，请用扫描仪或“画图”另存为 JPG 后再上传"
    end,
    other = function(m)
        return "格式不支持。这项材料只接受 " .. scan.formats_text(m.formats) .. " 图片，请重新扫描或另存为 JPG 后再上传"
    end,
}

-- scan.refusal("heic", material) -> the sentence
function scan.refusal(reason, material)
    return (refusals[reason] or refusals.other)(material)
end

-- scan.refused(material, file) -> sentence when a well-formed picture is refused all the same, else nil
function scan.refused(material, file)
    if material.dpi and material.dpi_strict and (file.dpi or 0) < material.dpi then
        return string.format("这不是 %dDPI 的扫描件，请用扫描仪按 %dDPI 重新扫描成 JPG，不要用手机拍照或用软件修改", material.dpi, material.dpi)
    end
    return nil
end

-- scan.warnings(material, file) -> list of sentences for applicant and reviewer
function scan.warnings(material, file)
    local out = json.array {}
    local long = math.max(file.width or 0, file.height or 0)
    if material.long_side and long < material.long_side then
        out[#out + 1] = string.format("图片较小（长边 %d 像素），文字可能看不清；A4 纸请按不低于 100DPI 扫描", long)
    end
    if material.dpi and (file.dpi or 0) < material.dpi then
        out[#out + 1] = string.format("未能确认为 %dDPI 扫描件", material.dpi)
    end
    return out
end

-- scan.reason(item of service/checklist) -> why it must come again, or nil
function scan.reason(item)
    return item.returned and "审核员要求重新上传：" .. item.returned.reason
        or item.outdated and "申请信息已修改，请重新打印、签章后上传" or nil
end

-- The name under which a file is kept: never a path, never longer than a line.
function scan.name(given, kind)
    local name = text.normalize(string.match(given or "", "[^/\\]*$"))
    local long = (text.length(name) or 0) - NAME_MAX
    return name ~= "" and text.sub(name, math.max(long, 0) + 1, long + NAME_MAX) or "扫描件" .. (ENDINGS[kind] or "")
end

-- The name for a download: what the file is, not what it was called.
function scan.download_name(label, kind)
    return label .. (ENDINGS[kind] or "")
end

return scan
