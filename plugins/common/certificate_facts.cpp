#include <unitls/plugin/certificate_facts.hpp>
