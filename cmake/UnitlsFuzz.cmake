# unitls_add_fuzzer(NAME SOURCES ... LINK ...)
#
# The fuzz target NAME_fuzzer.cpp (and SOURCES), with its corpus in the folder NAME beside it.
#   UNITLS_BUILD_FUZZERS   a libFuzzer program, fuzzers/NAME; the target `unitls-fuzzers` builds them all
#   otherwise, with tests  a program that runs the corpus once, as the unit test fuzz-NAME
#
# tools/fuzz finds programs and corpora by these names.
if(UNITLS_BUILD_FUZZERS)
  if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    message(FATAL_ERROR "UNITLS_BUILD_FUZZERS needs clang, as libFuzzer is part of it, and the compiler is "
                        "${CMAKE_CXX_COMPILER_ID}. Use `cmake --preset fuzz`, or tools/fuzz.")
  endif()
  include(CheckCXXSourceCompiles)
  set(CMAKE_REQUIRED_LINK_OPTIONS -fsanitize=fuzzer)
  check_cxx_source_compiles("#include <cstddef>
extern \"C\" int LLVMFuzzerTestOneInput(const unsigned char *, std::size_t) { return 0; }" UNITLS_HAS_LIBFUZZER)
  unset(CMAKE_REQUIRED_LINK_OPTIONS)
  if(NOT UNITLS_HAS_LIBFUZZER)
    string(REGEX MATCH "^[0-9]+" _clang_version "${CMAKE_CXX_COMPILER_VERSION}")
    unset(UNITLS_HAS_LIBFUZZER CACHE)  # look again when it was installed
    message(FATAL_ERROR "clang cannot link a fuzzer: install libclang-rt-${_clang_version}-dev, "
                        "or run tools/set-up --for test.")
  endif()
  add_custom_target(unitls-fuzzers)
endif()

function(unitls_add_fuzzer name)
  # With sanitizers, the libFuzzer programs run the corpus.
  if(NOT UNITLS_BUILD_FUZZERS AND (NOT UNITLS_BUILD_TESTS OR UNITLS_SANITIZE))
    return()
  endif()
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;LINK")
  set(target fuzz-${name})
  add_executable(${target} ${name}_fuzzer.cpp ${arg_SOURCES})
  target_include_directories(${target} PRIVATE "${PROJECT_SOURCE_DIR}/cmake")
  target_link_libraries(${target} PRIVATE ${arg_LINK} Threads::Threads)
  if(UNITLS_BUILD_FUZZERS)
    set_target_properties(${target} PROPERTIES
      OUTPUT_NAME ${name} RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/fuzzers")
    target_link_options(${target} PRIVATE -fsanitize=fuzzer)
    add_dependencies(unitls-fuzzers ${target})
    return()
  endif()
  set_target_properties(${target} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${UNITLS_TEST_OUTPUT_DIRECTORY}")
  target_sources(${target} PRIVATE "${PROJECT_SOURCE_DIR}/cmake/fuzz_corpus_main.cpp")
  target_compile_definitions(${target} PRIVATE UNITLS_FUZZ_CORPUS="${CMAKE_CURRENT_SOURCE_DIR}/${name}")
  add_test(NAME ${target} COMMAND ${target})
  set_tests_properties(${target} PROPERTIES TIMEOUT 120 LABELS unit)
  add_dependencies(unitls-unit-tests ${target})
endfunction()
