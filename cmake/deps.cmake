# The pinned dependencies as imported targets dep::NAME.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)

execute_process(COMMAND ${CMAKE_SOURCE_DIR}/build-support/deps.sh
    OUTPUT_VARIABLE CERTHALL_DEPS OUTPUT_STRIP_TRAILING_WHITESPACE RESULT_VARIABLE failed)
if(failed)
    message(FATAL_ERROR "the pinned dependencies are not there (see the sentence above)")
endif()

# The tree of regions is data that scripts read; it stands in scripts/generated and is not committed.
execute_process(COMMAND ${CMAKE_SOURCE_DIR}/build-support/regions.sh RESULT_VARIABLE failed)
if(failed)
    message(FATAL_ERROR "the table of regions is not there (see the sentence above)")
endif()

# So do the rules of the linter, for the check of edited business rules.
execute_process(COMMAND ${CMAKE_SOURCE_DIR}/build-support/luacheck.sh ${CERTHALL_DEPS} RESULT_VARIABLE failed)
if(failed)
    message(FATAL_ERROR "the linter's rules could not be put in place (see the sentence above)")
endif()

function(dep_package name)
    pkg_check_modules(${name} REQUIRED IMPORTED_TARGET GLOBAL ${ARGN})
    add_library(dep::${name} ALIAS PkgConfig::${name})
endfunction()
dep_package(uv libuv)
dep_package(zlib zlib)
dep_package(qrencode libqrencode)
dep_package(pcre2 libpcre2-8)
dep_package(seccomp libseccomp)
dep_package(curl libcurl)
dep_package(gcrypt libgcrypt)
dep_package(pango pangocairo)
dep_package(cairo cairo cairo-pdf)
dep_package(cmocka cmocka)

# Third-party C built with our flags' sanitizers but without our warnings.
function(dep_source name)
    cmake_parse_arguments(arg "" "INCLUDE" "SOURCES;DEFINES;LINKS" ${ARGN})
    add_library(dep_${name} STATIC ${arg_SOURCES})
    target_include_directories(dep_${name} SYSTEM PUBLIC ${arg_INCLUDE})
    target_compile_definitions(dep_${name} PUBLIC ${arg_DEFINES})
    target_compile_options(dep_${name} PRIVATE -w)
    set_target_properties(dep_${name} PROPERTIES C_EXTENSIONS ON)
    target_link_libraries(dep_${name} PUBLIC ${arg_LINKS})
    add_library(dep::${name} ALIAS dep_${name})
endfunction()

set(lua ${CERTHALL_DEPS}/lua/src)
file(GLOB lua_sources ${lua}/*.c)
list(FILTER lua_sources EXCLUDE REGEX "/(lua|luac|ltests|onelua)\\.c$")
dep_source(lua INCLUDE ${lua} SOURCES ${lua_sources} LINKS m
    DEFINES $<$<CONFIG:Debug>:LUAI_ASSERT> $<$<CONFIG:Debug>:LUA_USE_APICHECK>)

set(lmdb ${CERTHALL_DEPS}/lmdb/libraries/liblmdb)
dep_source(lmdb INCLUDE ${lmdb} SOURCES ${lmdb}/mdb.c ${lmdb}/midl.c LINKS Threads::Threads)
# LMDB's readers and its writer meet without locks, by a protocol of their own: the thread sanitizer watches what we do
# around it.
if("${CMAKE_C_FLAGS_DEBUG}" MATCHES "sanitize=thread")
    target_compile_options(dep_lmdb PRIVATE -fno-sanitize=thread)
endif()

dep_source(yyjson INCLUDE ${CERTHALL_DEPS}/yyjson/src SOURCES ${CERTHALL_DEPS}/yyjson/src/yyjson.c)

# BORINGSSL_DIR builds against another tree: upstream layout with include/ and libcrypto.a, libssl.a in build/ or lib/.
set(BORINGSSL_DIR "" CACHE PATH "another BoringSSL tree")
set(bssl ${CERTHALL_DEPS}/bssl)
if(BORINGSSL_DIR)
    set(bssl ${BORINGSSL_DIR})
endif()
foreach(lib crypto ssl)
    find_library(bssl_${lib} lib${lib}.a PATHS ${bssl}/lib ${bssl}/build ${bssl}/build/${lib} NO_DEFAULT_PATH NO_CACHE REQUIRED)
    add_library(dep::${lib} STATIC IMPORTED GLOBAL)
    set_target_properties(dep::${lib} PROPERTIES IMPORTED_LOCATION ${bssl_${lib}}
        INTERFACE_INCLUDE_DIRECTORIES ${bssl}/include INTERFACE_LINK_LIBRARIES Threads::Threads)
endforeach()
# libssl is C++ without exceptions; it needs the C++ runtime's few allocation symbols.
set_target_properties(dep::ssl PROPERTIES INTERFACE_LINK_LIBRARIES "dep::crypto;stdc++")

file(GLOB_RECURSE llhttp_library ${CERTHALL_DEPS}/llhttp/usr/lib/*/libllhttp.a)
add_library(dep::llhttp STATIC IMPORTED GLOBAL)
set_target_properties(dep::llhttp PROPERTIES IMPORTED_LOCATION ${llhttp_library}
    INTERFACE_INCLUDE_DIRECTORIES ${CERTHALL_DEPS}/llhttp/usr/include)
