// unitls/unitls.hpp: the whole C++20 API, header-only over unitls/unitls.h.
//
//     loader -> backend -> client_context, server_context -> stream (a socket) or channel (memory)
//
// Thread rules are those of the C API: contexts and values may be shared, a stream or channel is used by one thread
// at a time. unitls/insecure.hpp is not part of it. No virtual function and no type of the standard library crosses into libunitls.
//
// SPDX-License-Identifier: Apache-2.0 OR MIT
#pragma once

#include <unitls/certificate_info.hpp>
#include <unitls/chain.hpp>
#include <unitls/channel.hpp>
#include <unitls/config.hpp>
#include <unitls/connection_info.hpp>
#include <unitls/context.hpp>
#include <unitls/credentials.hpp>
#include <unitls/error.hpp>
#include <unitls/loader.hpp>
#include <unitls/names.hpp>
#include <unitls/pin.hpp>
#include <unitls/stream.hpp>
#include <unitls/verify.hpp>
