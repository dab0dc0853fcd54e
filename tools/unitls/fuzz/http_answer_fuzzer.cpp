// Requests to `unitls serve`: whatever is asked, only what lies below the root is told, and the answer is whole.
#include "../http_answer.hpp"
#include "fuzz.hpp"

#include <cstdlib>

#include <boost/asio/buffer.hpp>

namespace {

namespace fs = std::filesystem;
namespace http = boost::beast::http;
using unitls::fuzz::require;
using unitls::tool::http_answer_source;
using unitls::tool::http_request;

constexpr std::string_view secret = "the secret beside the root";

// A root with a file, a folder with an index, and two links that lead out; beside it the secret.
class site {
public:
  site() : folder_(make_folder()) {
    fs::create_directories(root() / "folder");
    write(root() / "file.txt", "a file");
    write(root() / "folder" / "index.html", "an index");
    write(folder_ / "secret", secret);
    fs::create_symlink("../secret", root() / "link");
    fs::create_symlink("..", root() / "up");
  }
  ~site() {
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
  }
  site(const site &) = delete;
  site &operator=(const site &) = delete;

  fs::path root() const { return folder_ / "root"; }

private:
  static fs::path make_folder() {
    std::string pattern = fs::temp_directory_path() / "unitls-fuzz-XXXXXX";
    require(mkdtemp(pattern.data()) != nullptr, "a temporary folder can be made");
    return pattern;
  }
  static void write(const fs::path &path, std::string_view text) { std::ofstream(path) << text; }

  fs::path folder_;
};

std::string all_of(http_answer_source answer) {
  std::string text;
  for (auto piece = answer.next(); !piece.empty(); piece = answer.next()) {
    text.append(reinterpret_cast<const char *>(piece.data()), piece.size());
    answer.consume(piece.size());
  }
  require(answer.complete(), "a file that does not change is sent whole");
  return text;
}

void check_answer(const http_request &request, const fs::path &root) {
  const std::string text = all_of(http_answer_source::of_file(request, root));
  require(text.find(secret) == std::string::npos, "nothing beside the root is sent");
  http::response_parser<http::string_body> parser;
  parser.skip(request.method() == http::verb::head);
  parser.eager(true);
  boost::system::error_code fault;
  const std::size_t used = parser.put(boost::asio::buffer(text), fault);
  require(!fault && parser.is_done() && used == text.size(), "an answer is one whole answer");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
  static const site served;
  http::request_parser<http::string_body> parser;
  parser.eager(true);
  boost::system::error_code fault;
  parser.put(boost::asio::buffer(data, size), fault);
  if (!fault && parser.is_done()) {
    check_answer(parser.get(), served.root());
  }
  return 0;
}
