# A Rails application that has the page's controller and routes, and nothing else.
require "action_controller/railtie"

class Shop < Rails::Application
  config.eager_load = false
  config.secret_key_base = "x" * 32
  config.hosts.clear
  config.logger = Logger.new($stderr)
end
Shop.initialize!
require File.expand_path("twin_controller", Dir.pwd)
Rails.application.routes.draw do
  post "/twin/events", to: "twin#events"
  match "/twin/events", to: "twin#preflight", via: :options
end
run Rails.application
