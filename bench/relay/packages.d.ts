/** The endpoints' packages are installed for the bench alone: nothing is known of them where the types are checked. */
declare module "better-sqlite3";
declare module "express";
declare module "facebook-nodejs-business-sdk";
declare module "fastify";
