// SPDX-License-Identifier: Apache-2.0
// A lock between processes, which the system gives up when its owner dies.
#ifndef ESPALIER_IO_DETAIL_FILE_LOCK_HPP
#define ESPALIER_IO_DETAIL_FILE_LOCK_HPP

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <system_error>
#include <utility>

#include <espalier/base/errors.hpp>

namespace espalier::inline v0::io::detail {

class file_lock {
 public:
  /// @throws file_error if the file cannot be made or another owner, in this process or another, has it.
  explicit file_lock(std::string path) : path_(std::move(path)) {
    do {
      close_file();
      file_ = open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
      if (file_ < 0) {
        refuse("a file that cannot be made (" + message() + ")", "a writable folder");
      }
      if (flock(file_, LOCK_EX | LOCK_NB) != 0) {
        const std::string why = errno == EWOULDBLOCK ? "a run that another process works on" : message();
        close_file();
        refuse(why, "one process at a time");
      }
    } while (!still_there());
  }

  ~file_lock() {
    unlink(path_.c_str());  // while it is locked, so that it is surely ours
    close_file();
  }
  file_lock(const file_lock&) = delete;
  file_lock& operator=(const file_lock&) = delete;

 private:
  /// The former owner may have removed the file between our opening and our locking it.
  [[nodiscard]] bool still_there() const {
    struct stat mine {};
    struct stat present {};
    return fstat(file_, &mine) == 0 && stat(path_.c_str(), &present) == 0 && mine.st_ino == present.st_ino &&
           mine.st_dev == present.st_dev;
  }

  void close_file() noexcept {
    if (file_ >= 0) {
      close(file_);
      file_ = -1;
    }
  }

  [[nodiscard]] static std::string message() { return std::error_code(errno, std::generic_category()).message(); }

  [[noreturn]] void refuse(const std::string& got, const std::string& expected) const {
    reject<file_error>("io::checkpoint_file", {"for '", path_, "' ", got}, {expected});
  }

  std::string path_;
  int file_ = -1;
};

}  // namespace espalier::inline v0::io::detail

#endif
