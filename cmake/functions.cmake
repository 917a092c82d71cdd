# What the tsan and fuzz presets need built: the programs that carry those labels.
add_custom_target(tsan_tests)
add_custom_target(fuzzers)

# certhall_library(name SOURCES … LINKS …): the static library certhall_<name> of one folder.
function(certhall_library name)
    cmake_parse_arguments(arg "" "" "SOURCES;LINKS" ${ARGN})
    add_library(certhall_${name} STATIC ${arg_SOURCES})
    target_link_libraries(certhall_${name} PUBLIC ${arg_LINKS})
    certhall_own(certhall_${name})
endfunction()

# Our own code: C17 without extensions, all warnings, errors.
function(certhall_own target)
    target_include_directories(${target} PUBLIC ${CMAKE_SOURCE_DIR})
    target_compile_options(${target} PRIVATE -Wall -Wextra -Wshadow -Wmissing-prototypes -Wstrict-prototypes -Wconversion
        -Wvla -Werror -fvisibility=hidden)
endfunction()

# certhall_program(name SOURCES … LINKS …)
function(certhall_program name)
    cmake_parse_arguments(arg "" "" "SOURCES;LINKS" ${ARGN})
    add_executable(${name} ${arg_SOURCES})
    target_link_libraries(${name} PRIVATE ${arg_LINKS})
    target_link_options(${name} PRIVATE -Wl,--exclude-libs,ALL)
    certhall_own(${name})
endfunction()

# certhall_test(name LINKS … [SOURCES …] [LABELS …]): tests/unit/<name>.c as a ctest with the label unit.
function(certhall_test name)
    cmake_parse_arguments(arg "" "" "SOURCES;LINKS;LABELS" ${ARGN})
    if(NOT arg_SOURCES)
        set(arg_SOURCES ${name}.c)
    endif()
    certhall_program(${name} SOURCES ${arg_SOURCES} LINKS ${arg_LINKS} dep::cmocka)
    add_test(NAME ${name} COMMAND ${name})
    set_tests_properties(${name} PROPERTIES LABELS "unit;${arg_LABELS}" TIMEOUT 300 WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
    if("tsan" IN_LIST arg_LABELS)
        add_dependencies(tsan_tests ${name})
    endif()
endfunction()

# certhall_fuzz(name LINKS …): tests/fuzz/<name>.c; a libFuzzer binary under the fuzz preset, elsewhere a replay of its
# corpus tests/fuzz/corpus/<name without _fuzz>/.
function(certhall_fuzz name)
    cmake_parse_arguments(arg "" "" "LINKS" ${ARGN})
    string(REGEX REPLACE "_fuzz$" "" subject ${name})
    set(corpus ${CMAKE_SOURCE_DIR}/tests/fuzz/corpus/${subject})
    if(CERTHALL_FUZZ)
        certhall_program(${name} SOURCES ${name}.c LINKS ${arg_LINKS})
        target_link_options(${name} PRIVATE -fsanitize=fuzzer)
        set(found ${CMAKE_BINARY_DIR}/corpus/${subject})
        add_test(NAME ${name} COMMAND sh -c "mkdir -p ${found} && exec $<TARGET_FILE:${name}> -max_total_time=\${CERTHALL_FUZZ_SECONDS:-8} \
-timeout=10 -rss_limit_mb=2048 -print_final_stats=1 -artifact_prefix=${CMAKE_BINARY_DIR}/${subject}- ${found} ${corpus}")
        set_tests_properties(${name} PROPERTIES LABELS fuzz TIMEOUT 1200)
    else()
        certhall_program(${name} SOURCES ${name}.c replay_main.c LINKS ${arg_LINKS})
        add_test(NAME ${name}_corpus COMMAND ${name} ${corpus})
        set_tests_properties(${name}_corpus PROPERTIES LABELS fuzz TIMEOUT 300)
    endif()
    add_dependencies(fuzzers ${name})
endfunction()

