# What 'cmake --install' and 'cpack -G DEB' put where. Two components, one for each Debian package:
#   evpack   everything: what 'cmake --install' installs
#   verify   the small verifier alone, for who only verifies; left out unless it is named
# The mapping, the texts of the reports and the fonts are built into the program, so nothing that it
# needs at run time is installed beside it.
include(GNUInstallDirs)

file(GLOB EVPACK_PAGES CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/src/cli/man/*.1)

# Completion: one table of verbs and options for both shells.
set(table src/cli/completion/options.txt)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${table})
file(STRINGS ${table} EVPACK_OPTIONS ENCODING UTF-8 REGEX "^[a-z-]")
list(JOIN EVPACK_OPTIONS "\n" EVPACK_OPTIONS)
file(GLOB BASELINES CONFIGURE_DEPENDS RELATIVE ${CMAKE_CURRENT_SOURCE_DIR}/mapping/services
     mapping/services/*.json)
list(TRANSFORM BASELINES REPLACE "[.]json$" "")
list(JOIN BASELINES "," BASELINES)
string(CONFIGURE "${EVPACK_OPTIONS}" EVPACK_OPTIONS @ONLY)
configure_file(src/cli/completion/evpack.bash ${CMAKE_BINARY_DIR}/completion/evpack.bash @ONLY)
configure_file(src/cli/completion/_evpack ${CMAKE_BINARY_DIR}/completion/_evpack @ONLY)

function(evpack_install component exclude)
  cmake_parse_arguments(I "" "" "PROGRAMS;PAGES" ${ARGN})
  install(TARGETS ${I_PROGRAMS} RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR}
          COMPONENT ${component} ${exclude})
  install(FILES ${I_PAGES} DESTINATION ${CMAKE_INSTALL_MANDIR}/man1 COMPONENT ${component} ${exclude})
  install(FILES src/seal/evpack-package.5 DESTINATION ${CMAKE_INSTALL_MANDIR}/man5
          COMPONENT ${component} ${exclude})
  foreach(program IN LISTS I_PROGRAMS) # bash looks for a file of the program's name
    install(FILES ${CMAKE_BINARY_DIR}/completion/evpack.bash RENAME ${program}
            DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions
            COMPONENT ${component} ${exclude})
  endforeach()
  install(FILES ${CMAKE_BINARY_DIR}/completion/_evpack
          DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions COMPONENT ${component} ${exclude})
endfunction()

evpack_install(evpack "" PROGRAMS evpack evpack-verify PAGES ${EVPACK_PAGES})
install(FILES README.md LICENSE src/install/copyright DESTINATION ${CMAKE_INSTALL_DOCDIR}
        COMPONENT evpack)
evpack_install(verify EXCLUDE_FROM_ALL PROGRAMS evpack-verify PAGES src/cli/man/evpack-verify.1)

# --- Debian packages ------------------------------------------------------------------------------
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME evpack)
set(CPACK_PACKAGE_VENDOR evpack)
set(CPACK_PACKAGE_CONTACT "evpack maintainers <maintainers@evpack.invalid>") # RFC 2606: nobody's address
set(CPACK_COMPONENTS_ALL evpack verify)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_STRIP_FILES ON)
# The files are the same bytes again where SOURCE_DATE_EPOCH and the umask are the same.
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_DEBIAN_PACKAGE_RELEASE 1)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_SECTION utils)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_COMPRESSION_TYPE xz)

# The first line of a description is the short one, once no other one is put before it.
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "")
set(CPACK_DEBIAN_EVPACK_PACKAGE_NAME evpack)
set(CPACK_DEBIAN_EVPACK_DESCRIPTION "offline evidence packager for auditors
evpack imports exported az and Azure Resource Manager JSON into one file, ties
every finding to a control of the Microsoft cloud security benchmark and to
who is responsible for it, and seals a signed package with reports and the
raw evidence, byte for byte. Whoever receives it can verify it with this
program, with the small verifier evpack-verify, which is in this package too,
or with unzip, sha256sum and openssl alone, and can repeat the tests.
.
It never opens a network connection.")
set(CPACK_DEBIAN_VERIFY_PACKAGE_NAME evpack-verify)
set(CPACK_DEBIAN_VERIFY_DESCRIPTION "verifier of evpack's evidence packages
evpack-verify tells whether a package of audit evidence that evpack sealed is
whole and unchanged, who signed it, and whether that signer is to be trusted.
It is the verifier alone, small enough to be read. The package evpack has it
too, so only one of the two is installed at a time.
.
It never opens a network connection.")
# The big package has all of the small one.
set(relation "evpack-verify")
set(CPACK_DEBIAN_EVPACK_PACKAGE_CONFLICTS ${relation})
set(CPACK_DEBIAN_EVPACK_PACKAGE_REPLACES ${relation})
set(CPACK_DEBIAN_EVPACK_PACKAGE_PROVIDES "evpack-verify (= ${PROJECT_VERSION}-1)")
set(CPACK_DEBIAN_VERIFY_PACKAGE_CONFLICTS evpack)
set(CPACK_DEBIAN_VERIFY_PACKAGE_REPLACES evpack)
# Tokens are a choice of who signs.
set(CPACK_DEBIAN_EVPACK_PACKAGE_SUGGESTS "libengine-pkcs11-openssl, openssl, sqlite3, unzip")
set(CPACK_DEBIAN_VERIFY_PACKAGE_SUGGESTS "openssl, unzip")

set(CPACK_PRE_BUILD_SCRIPTS ${CMAKE_CURRENT_SOURCE_DIR}/src/install/debian.cmake)
set(CPACK_EVPACK_INSTALL_SOURCE ${CMAKE_CURRENT_SOURCE_DIR}/src/install)
include(CPack)
