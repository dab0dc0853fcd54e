# unitls_add_unit_test(NAME SOURCES ... LIBRARIES ...)
#   One doctest program; every TEST_CASE in it becomes one ctest test.
# unitls_add_script_test(NAME COMMAND ... [TIMEOUT SECONDS] [LABELS ...])
#   One run of a program or script; exit 0 passes.
#
# The targets `unitls-unit-tests` and `unitls-conformance-tests` build what the tests with these labels need, and no more.
if(UNITLS_BUILD_TESTS)
  add_custom_target(unitls-unit-tests)
  add_custom_target(unitls-conformance-tests)
endif()

# Unit tests are compiled as quickly as may be: they run once.
function(unitls_compile_quickly target)
  target_compile_options(${target} PRIVATE -O0 -U_FORTIFY_SOURCE)
endfunction()
set(UNITLS_LEAKS_OF_OTHERS "${CMAKE_CURRENT_LIST_DIR}/leaks_of_others.txt")

function(unitls_add_unit_test name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;LIBRARIES;DEFINITIONS")
  if(NOT TARGET unitls-doctest-main)
    add_library(unitls-doctest-main OBJECT "${PROJECT_SOURCE_DIR}/cmake/doctest_main.cpp")
    target_link_libraries(unitls-doctest-main PUBLIC doctest::doctest)
    unitls_compile_quickly(unitls-doctest-main)
  endif()
  add_executable(${name} ${arg_SOURCES})
  unitls_compile_quickly(${name})
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${UNITLS_TEST_OUTPUT_DIRECTORY}")
  target_compile_definitions(${name} PRIVATE ${arg_DEFINITIONS})
  target_link_libraries(${name} PRIVATE unitls-doctest-main Threads::Threads ${arg_LIBRARIES})
  include(doctest)
  doctest_discover_tests(${name} TEST_PREFIX "${name}: " PROPERTIES TIMEOUT 120 LABELS unit)
  add_dependencies(unitls-unit-tests ${name})
endfunction()

function(unitls_add_script_test name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "TIMEOUT" "COMMAND;LABELS")
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 120)
  endif()
  add_test(NAME ${name} COMMAND ${arg_COMMAND})
  set(environment "UNITLS_BUILD=${PROJECT_BINARY_DIR}" "UNITLS_SOURCE=${PROJECT_SOURCE_DIR}")
  if(UNITLS_SANITIZE)
    # The leak checker's guess about a loaded library's thread-local block can make it crash by itself (use_tls). What
    # it suppresses it would print, and a plugin's process prints nothing.
    list(APPEND environment "LSAN_OPTIONS=use_tls=0:print_suppressions=0:suppressions=${UNITLS_LEAKS_OF_OTHERS}")
  endif()
  set_tests_properties(${name} PROPERTIES TIMEOUT ${arg_TIMEOUT} LABELS "${arg_LABELS}"
    ENVIRONMENT "${environment}")
endfunction()
